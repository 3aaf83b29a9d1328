-- what: deletes the articles of replaced orders
-- grain: one row per line of an order
-- parameters: none
-- reads: import_replaced
DELETE FROM order_lines
WHERE order_id IN (SELECT order_id FROM import_replaced);
