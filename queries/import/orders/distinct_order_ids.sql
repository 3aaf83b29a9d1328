-- what: the number of orders among the lines
-- grain: one row
-- parameters: none
-- reads: import_lines
SELECT
    count(DISTINCT order_number) FILTER (WHERE order_text IS NULL) + count(DISTINCT order_text) AS orders
FROM import_lines;
