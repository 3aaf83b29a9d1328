-- what: fills the members of every cohort whose window has closed (SQLite)
-- grain: one row an activity and member
-- parameters: as_of
INSERT INTO members
WITH windows AS (
    SELECT
        activity_id, channel, start_at,
        coalesce(end_at, date(substr(start_at, 1, 10), '+1 month', 'floor') || substr(start_at, 11)) AS end_at
    FROM activities
),
numbered AS (
    SELECT
        user_id, order_id, activity_id, created_at,
        row_number() OVER (PARTITION BY user_id ORDER BY created_at, order_id) AS nth
    FROM orders
    WHERE status = 'Success'
)
SELECT windows.activity_id, numbered.user_id, numbered.order_id, numbered.created_at
FROM windows
JOIN numbered
  ON numbered.nth = 1
 AND numbered.created_at >= windows.start_at
 AND numbered.created_at < windows.end_at
WHERE windows.end_at <= :as_of
  AND CASE windows.channel
      WHEN 'organic' THEN numbered.activity_id IS NULL
      ELSE numbered.activity_id IS windows.activity_id
  END;
