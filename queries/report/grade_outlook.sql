-- what: who may fall and who is near the next grade, counted, with the value behind them, by where they come from
-- grain: one row per outlook, grade, grade to come, channel and start month
-- parameters: window_start, as_of; channel, start_month (NULL: all)
-- reads: origins, origin_labels, customers_at_risk, customers_near
WITH bought AS (
    SELECT user_id, sum(amount) AS revenue
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $window_start
      AND created_at < $as_of
      AND user_id IN (SELECT user_id FROM customers_at_risk)
    GROUP BY user_id
),
customers AS (
    SELECT at_risk.user_id, 'at_risk' AS outlook, at_risk.grade, at_risk.falls_to AS to_grade, bought.revenue AS value
    FROM customers_at_risk AS at_risk
    LEFT JOIN bought ON bought.user_id = at_risk.user_id
    UNION ALL
    SELECT user_id, 'near', grade, to_grade, lacks_amount
    FROM customers_near
),
counted AS (
    SELECT
        customers.outlook,
        CAST(customers.grade AS grade) AS grade,
        CAST(customers.to_grade AS grade) AS to_grade,
        origins.origin,
        count(*) AS customers,
        as_amount(coalesce(sum(customers.value), 0)) AS value
    FROM customers
    LEFT JOIN origins ON origins.user_id = customers.user_id
    GROUP BY ALL
)
SELECT
    counted.outlook, counted.grade, counted.to_grade, labels.channel, labels.start_month, counted.customers, counted.value
FROM counted
LEFT JOIN origin_labels AS labels ON labels.origin = counted.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY counted.outlook, counted.grade DESC, counted.to_grade DESC, labels.channel NULLS FIRST, labels.start_month;
