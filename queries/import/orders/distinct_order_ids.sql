-- what: how many orders the lines have
-- grain: one row
-- parameters: none
-- reads: import_lines
SELECT
    count(DISTINCT order_number) FILTER (WHERE order_text IS NULL) + count(DISTINCT order_text) AS orders
FROM import_lines;
