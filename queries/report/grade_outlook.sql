-- what: who may fall and who is near the next grade, counted, with the value behind them, by where they come from
-- grain: one row per outlook, grade, grade to come, channel and start month
-- parameters: window_start, as_of; channel, start_month (NULL: all)
-- reads: origins, customers_at_risk, customers_near
WITH customers AS (
    SELECT user_id, 'at_risk' AS outlook, grade, falls_to AS to_grade, NULL AS lacks_amount FROM customers_at_risk
    UNION ALL
    SELECT user_id, 'near', grade, to_grade, lacks_amount FROM customers_near
),
bought AS (
    SELECT orders.user_id, sum(orders.amount) AS revenue
    FROM orders
    JOIN customers_at_risk ON customers_at_risk.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $window_start
      AND orders.created_at < $as_of
    GROUP BY orders.user_id
)
SELECT
    customers.outlook,
    CAST(customers.grade AS grade) AS grade,
    CAST(customers.to_grade AS grade) AS to_grade,
    origins.channel,
    origins.start_month,
    count(*) AS customers,
    CAST(sum(coalesce(customers.lacks_amount, bought.revenue, 0)) AS DECIMAL(18, 2)) AS value
FROM customers
LEFT JOIN bought ON bought.user_id = customers.user_id AND customers.outlook = 'at_risk'
LEFT JOIN origins ON origins.user_id = customers.user_id
WHERE ($channel IS NULL OR origins.channel = $channel)
  AND ($start_month IS NULL OR origins.start_month = $start_month)
GROUP BY ALL
ORDER BY customers.outlook, 2 DESC, 3 DESC, origins.channel NULLS FIRST, origins.start_month;
