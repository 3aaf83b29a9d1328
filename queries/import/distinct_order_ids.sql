-- what: how many orders the lines have
-- grain: one row
-- parameters: none
SELECT count(DISTINCT order_text)
FROM import_lines;
