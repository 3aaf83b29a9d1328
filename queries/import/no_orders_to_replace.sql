-- what: no order to replace
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_replaced AS
SELECT order_id, external_id, user_id, product_id, activity_id, amount, status, created_at
FROM orders
LIMIT 0;
