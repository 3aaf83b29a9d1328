-- what: writes the orders; those without a number get the next ones, by time, then by line
-- grain: one row per order
-- parameters: last_order_id (the largest number in use)
-- reads: import_to_write
INSERT INTO orders (
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
)
WITH placed AS (
    -- Existing orders go before new ones of the same time, by their numbers.
    SELECT *, coalesce(order_id - 4 * import_largest_id(), record) AS place
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
