-- what: how many customers held each grade after some updates, by where they come from
-- grain: one row per update, channel and start month; channel and start_month NULL: customers without an order
-- parameters: channel, start_month (NULL: all)
-- reads: grade_steps, origins, origin_labels, mix_updates
WITH by_origin AS (
    SELECT steps.as_of, origins.origin, steps.grade, sum(steps.customers) AS customers
    FROM grade_steps AS steps
    LEFT JOIN origins ON origins.user_id = steps.user_id
    GROUP BY ALL
),
counted AS (
    SELECT
        updates.as_of,
        by_origin.origin,
        CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'VIP'), 0) AS BIGINT) AS vip,
        CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'GOLD'), 0) AS BIGINT) AS gold,
        CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'SILVER'), 0) AS BIGINT) AS silver,
        CAST(coalesce(sum(by_origin.customers) FILTER (WHERE by_origin.grade = 'BRONZE'), 0) AS BIGINT) AS bronze
    FROM mix_updates AS updates
    JOIN by_origin ON by_origin.as_of <= updates.as_of
    GROUP BY updates.as_of, by_origin.origin
)
SELECT
    counted.as_of, labels.channel, labels.start_month, counted.vip, counted.gold, counted.silver, counted.bronze
FROM counted
LEFT JOIN origin_labels AS labels ON labels.origin = counted.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY counted.as_of, labels.channel NULLS FIRST, labels.start_month;
