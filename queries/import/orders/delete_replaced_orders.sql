-- what: takes the orders out that are replaced
-- grain: one row an order
-- parameters: none
-- reads: import_replaced
DELETE FROM orders
WHERE order_id IN (SELECT order_id FROM import_replaced);
