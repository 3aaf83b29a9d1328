-- what: whom each frozen cohort should hold, from the customers' first counted orders
-- grain: one row an activity and member
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE expected_members AS
WITH windows AS (
    SELECT
        activity_id,
        -- An organic cohort holds first orders of no activity, -1 among them.
        CASE WHEN channel = 'organic' THEN -1 ELSE activity_id END AS came_through,
        start_at AS opens,
        coalesce(end_at, start_at + INTERVAL 1 MONTH) AS closes
    FROM campaign_activities
    WHERE frozen
      AND ($activity_id IS NULL OR activity_id = $activity_id)
)
SELECT windows.activity_id, firsts.user_id, firsts.order_id, firsts.created_at
FROM lifetime_firsts AS firsts
JOIN windows ON windows.came_through = firsts.activity_id
WHERE CASE WHEN firsts.created_at < windows.opens THEN false ELSE firsts.created_at < windows.closes END;
