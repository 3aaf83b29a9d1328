-- what: the customers acquired in the staged windows
-- grain: one row per activity and member
-- parameters: none
INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at, first_offset, repeat_offset)
WITH acquired AS (
    SELECT windows.activity_id, windows.start_at, firsts.user_id, firsts.order_id, firsts.created_at
    FROM closed_windows AS windows
    JOIN first_orders AS firsts ON firsts.activity_id = windows.activity_id
    WHERE windows.cohort = 'acquired'
      AND windows.channel <> 'organic'
      AND firsts.created_at >= windows.start_at
      AND firsts.created_at < windows.window_end
    UNION ALL
    SELECT windows.activity_id, windows.start_at, firsts.user_id, firsts.order_id, firsts.created_at
    FROM closed_windows AS windows
    JOIN first_orders AS firsts
      ON firsts.created_at >= windows.start_at AND firsts.created_at < windows.window_end
    WHERE windows.cohort = 'acquired'
      AND windows.channel = 'organic'
      AND firsts.activity_id IS NULL
)
SELECT
    activity_id,
    user_id,
    order_id,
    created_at,
    CAST(month_offset_of(start_at, created_at) AS INTEGER) AS first_offset,
    NULL AS repeat_offset
FROM acquired
ORDER BY activity_id, user_id;
