-- what: writes the orders; those without a number are numbered on in the order of their time, then their line
-- grain: one row an order
-- parameters: last_order_id (the largest number in use)
-- reads: import_to_write
INSERT INTO orders (
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
)
WITH placed AS (
    -- Those that are there go before the new of the same time, by their numbers.
    SELECT *, coalesce(order_id - 4000000000000000000, record) AS place
    FROM import_to_write
)
SELECT
    coalesce(
        order_id,
        $last_order_id + row_number() OVER (PARTITION BY order_id IS NULL ORDER BY created_at, place)
    ),
    external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM placed
ORDER BY created_at, place;
