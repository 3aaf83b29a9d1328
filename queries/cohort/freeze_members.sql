-- what: the members of every cohort whose window has closed and that is not frozen yet
-- grain: one row an activity and member
-- parameters: as_of
INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at, repeat_offset)
WITH due AS (
    SELECT activity_id, channel, start_at, coalesce(end_at, start_at + INTERVAL 1 MONTH) AS window_end
    FROM campaign_activities
    WHERE NOT frozen
      AND coalesce(end_at, start_at + INTERVAL 1 MONTH) <= $as_of
),
acquired AS (
    SELECT due.activity_id, firsts.user_id, firsts.order_id, firsts.created_at
    FROM due
    JOIN first_orders AS firsts ON firsts.activity_id = due.activity_id
    WHERE due.channel <> 'organic'
      AND firsts.created_at >= due.start_at
      AND firsts.created_at < due.window_end
    UNION ALL
    SELECT due.activity_id, firsts.user_id, firsts.order_id, firsts.created_at
    FROM due
    JOIN first_orders AS firsts
      ON firsts.created_at >= due.start_at AND firsts.created_at < due.window_end
    WHERE due.channel = 'organic'
      AND firsts.activity_id IS NULL
)
SELECT activity_id, user_id, order_id, created_at, NULL
FROM acquired
ORDER BY activity_id, user_id;
