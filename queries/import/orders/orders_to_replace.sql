-- what: the existing orders to replace
-- grain: one row per order
-- parameters: replace (whether it does)
-- reads: import_there
-- makes: import_replaced
CREATE OR REPLACE TEMP TABLE import_replaced AS
SELECT order_id, external_id, user_id, product_id, activity_id, amount, status, created_at
FROM orders
SEMI JOIN import_there ON import_there.order_number = orders.order_id
WHERE $replace
  AND external_id IS NULL
UNION ALL
SELECT order_id, external_id, user_id, product_id, activity_id, amount, status, created_at
FROM orders
SEMI JOIN import_there ON import_there.order_text = orders.external_id
WHERE $replace;
