-- what: orders and revenue by day and by where the customers come from
-- grain: one row per day with orders, channel and start month; these NULL: given back to customers without an order
-- parameters: from, to (half-open); channel, start_month (NULL: all)
-- reads: origins, origin_labels
WITH counted AS (
    SELECT
        CAST(orders.created_at AS DATE) AS day,
        origins.origin,
        count(*) FILTER (WHERE orders.status = 'Success') AS orders,
        sum(orders.amount) FILTER (WHERE orders.status = 'Success') AS gross_revenue,
        sum(orders.amount) FILTER (WHERE orders.status <> 'Success') AS returned
    FROM orders
    LEFT JOIN origins ON origins.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $from
      AND orders.created_at < $to
    GROUP BY ALL
)
SELECT
    counted.day,
    labels.channel,
    labels.start_month,
    counted.orders,
    as_amount(coalesce(counted.gross_revenue, 0)) AS gross_revenue,
    as_amount(coalesce(counted.returned, 0)) AS returned
FROM counted
LEFT JOIN origin_labels AS labels ON labels.origin = counted.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY counted.day, labels.channel NULLS FIRST, labels.start_month;
