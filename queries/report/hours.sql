-- what: orders by hour of the day and age group, and by where the customers come from
-- grain: one row an hour, age group (NULL: unknown), channel and start month with orders
-- parameters: from, to (half-open); channel, start_month (NULL: all)
-- reads: origins
WITH aged AS (
    SELECT
        hour(orders.created_at) AS hour,
        -- At the order; cut at birthdays, which clamp to the 28th of February as in the score.
        CASE
            WHEN users.birth_date IS NULL THEN NULL
            WHEN CAST(orders.created_at AS DATE) < users.birth_date + to_months(240) THEN '10s'
            WHEN CAST(orders.created_at AS DATE) < users.birth_date + to_months(360) THEN '20s'
            WHEN CAST(orders.created_at AS DATE) < users.birth_date + to_months(480) THEN '30s'
            WHEN CAST(orders.created_at AS DATE) < users.birth_date + to_months(600) THEN '40s'
            ELSE '50+'
        END AS age_group,
        origins.channel,
        origins.start_month
    FROM orders
    JOIN origins ON origins.user_id = orders.user_id
    JOIN users ON users.user_id = orders.user_id
    WHERE orders.status = 'Success'
      AND orders.created_at >= $from
      AND orders.created_at < $to
      AND ($channel IS NULL OR origins.channel = $channel)
      AND ($start_month IS NULL OR origins.start_month = $start_month)
)
SELECT hour, age_group, channel, start_month, count(*) AS orders
FROM aged
GROUP BY ALL
ORDER BY hour, age_group NULLS LAST, channel, start_month;
