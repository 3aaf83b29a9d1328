-- what: takes the articles of the orders out that are replaced
-- grain: one row a line of an order
-- parameters: none
-- reads: import_replaced
DELETE FROM order_lines
WHERE order_id IN (SELECT order_id FROM import_replaced);
