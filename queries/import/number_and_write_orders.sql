-- what: writes the orders; those without a number are numbered on in the order of their time, then their line
-- grain: one row an order
-- parameters: last_order_id (the largest number in use)
-- The window has no order of its own: it runs along the sorted rows.
INSERT INTO orders (
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
)
SELECT
    coalesce(
        order_id,
        $last_order_id + count(*) FILTER (WHERE order_id IS NULL)
            OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM (
    SELECT *
    FROM import_to_write
    -- those that are there go before the new of the same time, by their numbers
    ORDER BY created_at, coalesce(order_id - 4000000000000000000, line)
) AS sorted;
