-- what: facts about the staged lines of orders that decide how they are processed
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
