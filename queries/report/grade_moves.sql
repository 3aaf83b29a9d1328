-- what: the number of customers by grade at two instants, by where they come from
-- grain: one row per grade before, channel and start month; from_grade NULL: signed up in between
-- parameters: channel, start_month (NULL: all)
-- reads: grade_moves, origins, origin_labels
WITH counted AS (
    SELECT
        moved.from_grade,
        origins.origin,
        count(*) FILTER (WHERE moved.to_grade = 'VIP') AS vip,
        count(*) FILTER (WHERE moved.to_grade = 'GOLD') AS gold,
        count(*) FILTER (WHERE moved.to_grade = 'SILVER') AS silver,
        count(*) FILTER (WHERE moved.to_grade = 'BRONZE') AS bronze
    FROM grade_moves AS moved
    LEFT JOIN origins ON origins.user_id = moved.user_id
    GROUP BY ALL
)
SELECT
    counted.from_grade, labels.channel, labels.start_month, counted.vip, counted.gold, counted.silver, counted.bronze
FROM counted
LEFT JOIN origin_labels AS labels ON labels.origin = counted.origin
WHERE ($channel IS NULL OR labels.channel = $channel)
  AND ($start_month IS NULL OR labels.start_month = $start_month)
ORDER BY counted.from_grade DESC NULLS LAST, labels.channel NULLS FIRST, labels.start_month;
