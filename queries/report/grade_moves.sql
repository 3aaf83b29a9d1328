-- what: the number of customers by grade at two instants, by where they come from
-- grain: one row per grade before, channel and start month; from_grade NULL: signed up in between
-- parameters: from, to; channel, start_month (NULL: all)
-- reads: origins
WITH held AS (
    SELECT
        users.user_id,
        users.signed_up_at,
        users.grade AS grade_now,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $from) AS before_change_after_from,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $to) AS before_change_after_to
    FROM users
    LEFT JOIN grade_changes AS changes ON changes.user_id = users.user_id AND changes.as_of > $from
    WHERE users.signed_up_at < $to
    GROUP BY users.user_id, users.signed_up_at, users.grade
),
moved AS (
    SELECT
        user_id,
        CASE WHEN signed_up_at < $from THEN coalesce(before_change_after_from, grade_now) END AS from_grade,
        coalesce(before_change_after_to, grade_now) AS to_grade
    FROM held
)
SELECT
    moved.from_grade,
    origins.channel,
    origins.start_month,
    count(*) FILTER (WHERE moved.to_grade = 'VIP') AS vip,
    count(*) FILTER (WHERE moved.to_grade = 'GOLD') AS gold,
    count(*) FILTER (WHERE moved.to_grade = 'SILVER') AS silver,
    count(*) FILTER (WHERE moved.to_grade = 'BRONZE') AS bronze
FROM moved
LEFT JOIN origins ON origins.user_id = moved.user_id
WHERE ($channel IS NULL OR origins.channel = $channel)
  AND ($start_month IS NULL OR origins.start_month = $start_month)
GROUP BY ALL
ORDER BY moved.from_grade DESC NULLS LAST, origins.channel NULLS FIRST, origins.start_month;
