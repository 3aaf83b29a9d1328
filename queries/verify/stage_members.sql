-- what: who should be in each frozen cohort, from the customers' orders and the lists
-- grain: one row per activity and member; of a list without an order
-- parameters: activity_id (NULL for all), as_of
CREATE OR REPLACE TEMP TABLE expected_members AS
WITH windows AS (
    SELECT
        activity_id,
        cohort,
        -- An organic cohort holds first orders of no activity, -1 among them.
        CASE WHEN channel = 'organic' THEN -1 ELSE activity_id END AS came_through,
        start_at AS opens,
        coalesce(end_at, start_at + INTERVAL 1 MONTH) AS closes
    FROM campaign_activities
    WHERE frozen
      AND ($activity_id IS NULL OR activity_id = $activity_id)
),
acquired AS (
    SELECT windows.activity_id, firsts.user_id, firsts.order_id, firsts.created_at
    FROM lifetime_firsts AS firsts
    JOIN windows ON windows.came_through = firsts.activity_id
    WHERE windows.cohort = 'acquired'
      AND CASE WHEN firsts.created_at < windows.opens THEN false ELSE firsts.created_at < windows.closes END
),
touched AS (
    SELECT
        windows.activity_id, orders.user_id, orders.order_id, orders.created_at,
        row_number() OVER (
            PARTITION BY windows.activity_id, orders.user_id ORDER BY orders.created_at, orders.order_id
        ) AS nth
    FROM windows
    JOIN orders ON orders.activity_id = windows.activity_id
    WHERE windows.cohort = 'touched'
      AND orders.status = 'Success'
      AND orders.created_at < $as_of
      AND CASE WHEN orders.created_at < windows.opens THEN false ELSE orders.created_at < windows.closes END
)
SELECT activity_id, user_id, order_id, created_at
FROM acquired
UNION ALL
SELECT activity_id, user_id, order_id, created_at
FROM touched
WHERE nth = 1
UNION ALL
SELECT listed.activity_id, listed.user_id, NULL, NULL
FROM (SELECT DISTINCT activity_id, user_id FROM listed_customers) AS listed
JOIN windows ON windows.activity_id = listed.activity_id
WHERE windows.cohort = 'listed';
