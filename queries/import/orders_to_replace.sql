-- what: the file's orders that the import brings anew
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_replaced AS
SELECT order_id, external_id, user_id, product_id, activity_id, amount, status, created_at
FROM orders
WHERE external_id IN (SELECT order_text FROM import_lines WHERE order_text IS NOT NULL);
