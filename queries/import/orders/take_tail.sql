-- what: the existing orders that new ones must be sorted among
-- grain: one row per order
-- parameters: first_at (the earliest new order)
-- makes: import_tail
CREATE OR REPLACE TEMP TABLE import_tail AS
SELECT
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM orders
WHERE created_at >= $first_at
  AND EXISTS (SELECT 1 FROM orders WHERE created_at > $first_at);
