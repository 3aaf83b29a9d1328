-- what: deletes the replaced orders
-- grain: one row per order
-- parameters: none
-- reads: import_replaced
DELETE FROM orders
WHERE order_id IN (SELECT order_id FROM import_replaced);
