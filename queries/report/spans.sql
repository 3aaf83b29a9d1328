-- what: what happened in spans of time, by where the customers come from
-- grain: one row per span, channel and start month; channel and start_month NULL: customers without an order
-- parameters: channel, start_month (NULL: all)
-- reads: origins, spans
WITH signed_up AS (
    SELECT spans.position, origins.channel, origins.start_month, count(*) AS customers
    FROM users
    JOIN spans ON users.signed_up_at < spans.until
    LEFT JOIN origins ON origins.user_id = users.user_id
    GROUP BY ALL
),
bought AS (
    SELECT
        spans.position,
        orders.user_id,
        count(*) FILTER (WHERE orders.status = 'Success') AS orders,
        sum(orders.amount) FILTER (WHERE orders.status = 'Success') AS gross_revenue,
        sum(orders.amount) FILTER (WHERE orders.status <> 'Success') AS returned
    FROM orders
    JOIN spans ON orders.created_at >= spans.since AND orders.created_at < spans.until
    WHERE orders.status IN ('Success', 'Returned')
    GROUP BY ALL
),
active AS (
    SELECT
        bought.position,
        origins.channel,
        origins.start_month,
        count(*) FILTER (WHERE bought.orders > 0) AS buyers,
        count(*) FILTER (WHERE bought.orders > 0 AND origins.first_order_at >= spans.since) AS first_time_buyers,
        count(*) FILTER (WHERE bought.orders > 0 AND origins.second_order_at < spans.until) AS repeat_buyers,
        sum(bought.orders) AS orders,
        sum(bought.gross_revenue) AS gross_revenue,
        sum(bought.returned) AS returned
    FROM bought
    JOIN spans ON spans.position = bought.position
    JOIN origins ON origins.user_id = bought.user_id
    GROUP BY ALL
)
SELECT
    signed_up.position,
    signed_up.channel,
    signed_up.start_month,
    signed_up.customers,
    coalesce(active.buyers, 0) AS buyers,
    coalesce(active.first_time_buyers, 0) AS first_time_buyers,
    coalesce(active.repeat_buyers, 0) AS repeat_buyers,
    CAST(coalesce(active.orders, 0) AS BIGINT) AS orders,
    CAST(coalesce(active.gross_revenue, 0) AS DECIMAL(18, 2)) AS gross_revenue,
    CAST(coalesce(active.returned, 0) AS DECIMAL(18, 2)) AS returned
FROM signed_up
LEFT JOIN active
  ON active.position = signed_up.position
 AND active.channel = signed_up.channel
 AND active.start_month = signed_up.start_month
WHERE ($channel IS NULL OR signed_up.channel = $channel)
  AND ($start_month IS NULL OR signed_up.start_month = $start_month)
ORDER BY signed_up.position, signed_up.channel NULLS FIRST, signed_up.start_month;
