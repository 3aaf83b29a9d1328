-- what: the number of customers by grade at two instants, by where they come from
-- grain: one row per grade before, channel and start month; from_grade NULL: signed up in between
-- parameters: channel, start_month (NULL: all)
-- reads: grade_moves, origins
SELECT
    moved.from_grade,
    origins.channel,
    origins.start_month,
    count(*) FILTER (WHERE moved.to_grade = 'VIP') AS vip,
    count(*) FILTER (WHERE moved.to_grade = 'GOLD') AS gold,
    count(*) FILTER (WHERE moved.to_grade = 'SILVER') AS silver,
    count(*) FILTER (WHERE moved.to_grade = 'BRONZE') AS bronze
FROM grade_moves AS moved
LEFT JOIN origins ON origins.user_id = moved.user_id
WHERE ($channel IS NULL OR origins.channel = $channel)
  AND ($start_month IS NULL OR origins.start_month = $start_month)
GROUP BY ALL
ORDER BY moved.from_grade DESC NULLS LAST, origins.channel NULLS FIRST, origins.start_month;
