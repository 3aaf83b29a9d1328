-- what: orders by hour of the day and age group, and by where the customers come from
-- grain: one row per hour, age group (NULL: unknown), channel and start month with orders
-- parameters: from, to (half-open); channel, start_month (NULL: all)
-- reads: origins, origin_labels
WITH customers AS (
    SELECT
        users.user_id,
        origins.origin,
        -- Cut at birthdays, which clamp to the 28th of February as in the score.
        CAST(users.birth_date + to_months(240) AS TIMESTAMP) AS is_20_at,
        CAST(users.birth_date + to_months(360) AS TIMESTAMP) AS is_30_at,
        CAST(users.birth_date + to_months(480) AS TIMESTAMP) AS is_40_at,
        CAST(users.birth_date + to_months(600) AS TIMESTAMP) AS is_50_at
    FROM users
    JOIN origins ON origins.user_id = users.user_id
),
counted AS (
    SELECT
        hour(orders.created_at) AS hour,
        -- At the order: 0 to 4, NULL where the birth date is unknown.
        (orders.created_at >= is_20_at)::TINYINT + (orders.created_at >= is_30_at)::TINYINT
            + (orders.created_at >= is_40_at)::TINYINT + (orders.created_at >= is_50_at)::TINYINT AS band,
        customers.origin,
        count(*) AS orders
    FROM orders
    JOIN customers ON customers.user_id = orders.user_id
    WHERE orders.status = 'Success'
      AND orders.created_at >= $from
      AND orders.created_at < $to
    GROUP BY ALL
)
SELECT
    counted.hour,
    ['10s', '20s', '30s', '40s', '50+'][counted.band + 1] AS age_group,
    labels.channel,
    labels.start_month,
    counted.orders
FROM counted
JOIN origin_labels AS labels ON labels.origin = counted.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY counted.hour, age_group NULLS LAST, labels.channel, labels.start_month;
