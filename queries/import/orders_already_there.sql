-- what: orders of the import that the file holds already
-- grain: one row an order, at most five, with the count of all
-- parameters: none
WITH found AS (
    SELECT DISTINCT order_text
    FROM import_lines
    WHERE order_text IN (SELECT external_id FROM orders)
)
SELECT order_text, count(*) OVER () AS found
FROM found
ORDER BY length(order_text), order_text
LIMIT 5;
