-- what: how many customers held each grade after some updates, by where they come from
-- grain: one row per update, channel and start month; channel and start_month NULL: customers without an order
-- parameters: channel, start_month (NULL: all)
-- reads: grade_steps, origins, mix_updates
WITH by_origin AS (
    SELECT steps.as_of, origins.channel, origins.start_month, steps.grade, sum(steps.customers) AS customers
    FROM grade_steps AS steps
    LEFT JOIN origins ON origins.user_id = steps.user_id
    WHERE ($channel IS NULL OR origins.channel = $channel)
      AND ($start_month IS NULL OR origins.start_month = $start_month)
    GROUP BY ALL
)
SELECT
    updates.as_of,
    by_origin.channel,
    by_origin.start_month,
    CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'VIP'), 0) AS BIGINT) AS vip,
    CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'GOLD'), 0) AS BIGINT) AS gold,
    CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'SILVER'), 0) AS BIGINT) AS silver,
    CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'BRONZE'), 0) AS BIGINT) AS bronze
FROM mix_updates AS updates
JOIN by_origin ON by_origin.as_of <= updates.as_of
GROUP BY updates.as_of, by_origin.channel, by_origin.start_month
ORDER BY updates.as_of, by_origin.channel NULLS FIRST, by_origin.start_month;
