-- what: orders and revenue by day and by where the customers come from
-- grain: one row per day with orders, channel and start month
-- parameters: from, to (half-open); channel, start_month (NULL: all)
-- reads: origins
SELECT
    CAST(orders.created_at AS DATE) AS day,
    origins.channel,
    origins.start_month,
    count(*) FILTER (WHERE orders.status = 'Success') AS orders,
    CAST(coalesce(sum(orders.amount) FILTER (WHERE orders.status = 'Success'), 0) AS DECIMAL(18, 2)) AS gross_revenue,
    CAST(coalesce(sum(orders.amount) FILTER (WHERE orders.status <> 'Success'), 0) AS DECIMAL(18, 2)) AS returned
FROM orders
JOIN origins ON origins.user_id = orders.user_id
WHERE orders.status IN ('Success', 'Returned')
  AND orders.created_at >= $from
  AND orders.created_at < $to
  AND ($channel IS NULL OR origins.channel = $channel)
  AND ($start_month IS NULL OR origins.start_month = $start_month)
GROUP BY ALL
ORDER BY day, origins.channel, origins.start_month;
