-- what: what the staged lines of orders are like, as far as it decides what is to be done with them
-- grain: one row
-- parameters: none
-- reads: import_lines
SELECT
    count(*) AS lines,
    count(*) FILTER (WHERE order_number IS NOT NULL OR order_text IS NOT NULL) AS with_order_id,
    count(order_number) AS with_order_number,
    min(order_number) AS first_number,
    max(order_number) AS last_number,
    (SELECT count(*) > 0 FROM orders) AS file_holds_orders
FROM import_lines;
