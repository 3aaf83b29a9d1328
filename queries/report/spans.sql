-- what: what happened in spans of time, by where the customers come from
-- grain: one row per span, channel and start month; channel and start_month NULL: customers without an order
-- parameters: channel, start_month (NULL: all)
-- reads: origins, origin_labels, spans, spent
WITH signed_up AS (
    SELECT spans.position, origins.origin, count(*) AS customers
    FROM users
    JOIN spans ON users.signed_up_at < spans.until
    LEFT JOIN origins ON origins.user_id = users.user_id
    GROUP BY ALL
),
active AS (
    SELECT
        spent.position,
        origins.origin,
        count(*) FILTER (WHERE spent.orders > 0) AS buyers,
        count(*) FILTER (WHERE spent.orders > 0 AND origins.first_order_at >= spans.since) AS first_time_buyers,
        -- Who ordered before the span comes back with its first order, a new customer with the second.
        count(*) FILTER (
            WHERE spent.orders > 1 OR (spent.orders = 1 AND origins.first_order_at < spans.since)
        ) AS repeat_buyers,
        sum(spent.orders) AS orders,
        sum(spent.gross_revenue) AS gross_revenue,
        sum(spent.returned) AS returned
    FROM spent
    JOIN spans ON spans.position = spent.position
    LEFT JOIN origins ON origins.user_id = spent.user_id
    GROUP BY ALL
)
SELECT
    signed_up.position,
    labels.channel,
    labels.start_month,
    signed_up.customers,
    coalesce(active.buyers, 0) AS buyers,
    coalesce(active.first_time_buyers, 0) AS first_time_buyers,
    coalesce(active.repeat_buyers, 0) AS repeat_buyers,
    CAST(coalesce(active.orders, 0) AS BIGINT) AS orders,
    as_amount(coalesce(active.gross_revenue, 0)) AS gross_revenue,
    as_amount(coalesce(active.returned, 0)) AS returned
FROM signed_up
LEFT JOIN origin_labels AS labels ON labels.origin = signed_up.origin
-- Money may also have been given back to customers without an order.
LEFT JOIN active ON active.position = signed_up.position AND active.origin IS NOT DISTINCT FROM signed_up.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY signed_up.position, labels.channel NULLS FIRST, labels.start_month;
