-- what: each customer's days with a qualifying order before an instant, and what they ordered in a span before and after it
-- grain: one row per customer with a qualifying order before until, by user_id; without one before as_of, x is -1
-- parameters: as_of; since, the first day of the span before; until, the end of the span after
WITH days AS (
    SELECT
        user_id,
        CAST(created_at AS DATE) AS day,
        created_at >= $as_of AS later,
        bool_or(status = 'Success') AS ordered,
        sum(amount) AS amount
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at < $until
    GROUP BY user_id, day, later
),
customers AS (
    SELECT
        user_id,
        min(day) FILTER (ordered) AS first_day,
        max(day) FILTER (ordered AND NOT later) AS last_day,
        count(*) FILTER (ordered AND NOT later) AS order_days,
        coalesce(sum(amount) FILTER (NOT later), 0) AS revenue,
        min_by(amount, day) FILTER (ordered) AS first_amount,
        count(*) FILTER (ordered AND NOT later AND day >= $since) AS recent_days,
        coalesce(sum(amount) FILTER (NOT later AND day >= $since), 0) AS recent_revenue,
        count(*) FILTER (ordered AND later) AS next_days,
        coalesce(sum(amount) FILTER (later), 0) AS next_revenue
    FROM days
    GROUP BY user_id
)
SELECT
    user_id,
    order_days - 1 AS x,
    CASE WHEN order_days > 0 THEN last_day - first_day ELSE 0 END AS t_x,
    CASE
        WHEN order_days > 0 THEN CAST(CAST($as_of AS TIMESTAMP) - INTERVAL 1 MICROSECOND AS DATE) - first_day
        ELSE 0
    END AS t,
    CAST(revenue AS DOUBLE) AS revenue,
    -- Nobody makes a first order twice.
    recent_days - CASE WHEN first_day >= $since THEN 1 ELSE 0 END AS recent_days,
    CAST(recent_revenue - CASE WHEN first_day >= $since THEN first_amount ELSE 0 END AS DOUBLE) AS recent_revenue,
    next_days,
    CAST(next_revenue AS DOUBLE) AS next_revenue
FROM customers
WHERE order_days > 0
   OR next_days > 0
ORDER BY user_id;
