-- what: fills the members of every cohort that is known: windows that have closed, and lists (SQLite)
-- grain: one row per activity and member
-- parameters: as_of
INSERT INTO members
WITH windows AS (
    SELECT
        activity_id, channel, cohort, start_at,
        coalesce(end_at, date(substr(start_at, 1, 10), '+1 month', 'floor') || substr(start_at, 11)) AS end_at
    FROM activities
),
numbered AS (
    SELECT
        user_id, order_id, activity_id, created_at,
        row_number() OVER (PARTITION BY user_id ORDER BY created_at, order_id) AS nth
    FROM orders
    WHERE status = 'Success'
),
through AS (
    SELECT
        windows.activity_id, orders.user_id, orders.order_id, orders.created_at, windows.end_at,
        row_number() OVER (
            PARTITION BY windows.activity_id, orders.user_id ORDER BY orders.created_at, orders.order_id
        ) AS nth
    FROM windows
    JOIN orders
      ON orders.activity_id = windows.activity_id
     AND orders.created_at >= windows.start_at
     AND orders.created_at < windows.end_at
    WHERE windows.cohort = 'touched'
      AND orders.status = 'Success'
)
SELECT windows.activity_id, numbered.user_id, numbered.order_id, numbered.created_at
FROM windows
JOIN numbered
  ON numbered.nth = 1
 AND numbered.created_at >= windows.start_at
 AND numbered.created_at < windows.end_at
WHERE windows.end_at <= :as_of
  AND windows.cohort = 'acquired'
  AND CASE windows.channel
      WHEN 'organic' THEN numbered.activity_id IS NULL
      ELSE numbered.activity_id IS windows.activity_id
  END
UNION ALL
SELECT activity_id, user_id, order_id, created_at
FROM through
WHERE nth = 1
  AND end_at <= :as_of
UNION ALL
SELECT lists.activity_id, lists.user_id, NULL, NULL
FROM lists
JOIN windows ON windows.activity_id = lists.activity_id
WHERE windows.cohort = 'listed';
