-- what: the months with orders, with a fingerprint of each
-- grain: one row per month
-- parameters: none
SELECT
    CAST(date_trunc('month', created_at) AS DATE) AS month,
    count(*) AS orders,
    -- A sum: orders that are alike do not cancel out.
    CAST(
        sum(
            CAST(
                hash(order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at)
                AS HUGEINT
            )
        )
        AS VARCHAR
    ) AS digest
FROM orders
GROUP BY 1
ORDER BY 1;
