-- what: how many orders the lines have, where every order id is a number of its own
-- grain: one row
-- parameters: none
SELECT count(DISTINCT order_number)
FROM import_lines;
