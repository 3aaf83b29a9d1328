-- what: orders by hour of the day and age group, and by where the customers come from
-- grain: one row per hour, age group (NULL: unknown), channel and start month with orders
-- parameters: from, to (half-open); channel, start_month (NULL: all)
-- reads: origins
WITH customers AS (
    SELECT
        users.user_id,
        origins.channel,
        origins.start_month,
        -- Cut at birthdays, which clamp to the 28th of February as in the score.
        CAST(users.birth_date + to_months(240) AS TIMESTAMP) AS is_20_at,
        CAST(users.birth_date + to_months(360) AS TIMESTAMP) AS is_30_at,
        CAST(users.birth_date + to_months(480) AS TIMESTAMP) AS is_40_at,
        CAST(users.birth_date + to_months(600) AS TIMESTAMP) AS is_50_at
    FROM users
    JOIN origins ON origins.user_id = users.user_id
    WHERE ($channel IS NULL OR origins.channel = $channel)
      AND ($start_month IS NULL OR origins.start_month = $start_month)
),
aged AS (
    SELECT
        hour(orders.created_at) AS hour,
        -- At the order: 0 to 4, NULL where the birth date is unknown.
        (orders.created_at >= is_20_at)::TINYINT + (orders.created_at >= is_30_at)::TINYINT
            + (orders.created_at >= is_40_at)::TINYINT + (orders.created_at >= is_50_at)::TINYINT AS band,
        customers.channel,
        customers.start_month
    FROM orders
    JOIN customers ON customers.user_id = orders.user_id
    WHERE orders.status = 'Success'
      AND orders.created_at >= $from
      AND orders.created_at < $to
)
SELECT
    hour,
    ['10s', '20s', '30s', '40s', '50+'][band + 1] AS age_group,
    channel,
    start_month,
    count(*) AS orders
FROM aged
GROUP BY hour, band, channel, start_month
ORDER BY hour, age_group NULLS LAST, channel, start_month;
