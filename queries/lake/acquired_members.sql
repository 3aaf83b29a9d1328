-- what: the members acquired by the cohorts to freeze: customers whose lifetime-first qualifying order came through the
--   activity, or, in the channel organic, through none
-- grain: one row per activity and member
-- parameters: none
-- reads: closed_windows, first_orders
SELECT
    windows.activity_id,
    firsts.user_id,
    firsts.order_id AS first_order_id,
    firsts.created_at AS first_order_at
FROM first_orders AS firsts
JOIN closed_windows AS windows
  ON coalesce(firsts.activity_id, -1) = CASE WHEN windows.channel = 'organic' THEN -1 ELSE windows.activity_id END
WHERE windows.cohort = 'acquired'
  AND firsts.created_at >= windows.start_at
  AND firsts.created_at < windows.window_end
