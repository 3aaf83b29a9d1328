-- what: writes the orders, which all have numbers
-- grain: one row per order
-- parameters: none
-- reads: import_to_write
INSERT INTO orders (
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
)
SELECT
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM import_to_write
ORDER BY created_at, order_id;
