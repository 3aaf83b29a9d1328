-- what: turns ids whose number another order has into texts
-- grain: one row per line
-- parameters: none
-- reads: import_lines
UPDATE import_lines
SET order_number = NULL, order_text = CAST(order_number AS VARCHAR)
WHERE order_number IN (
    SELECT order_id
    FROM orders
    SEMI JOIN import_lines AS brought ON brought.order_number = orders.order_id
    WHERE external_id IS NOT NULL
       OR import_is_numbered(order_id)
);
