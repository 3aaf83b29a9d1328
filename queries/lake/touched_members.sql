-- what: the customers touched by the cohorts to freeze: those with a qualifying order through the activity in its window
-- grain: one row per activity and member
-- parameters: slice_start, slice_end (outer bounds of the windows), first_month, last_month (their folders)
-- reads: closed_windows, orders
WITH ranked AS (
    SELECT
        windows.activity_id,
        orders.user_id,
        orders.order_id,
        orders.created_at,
        row_number() OVER (
            PARTITION BY windows.activity_id, orders.user_id
            ORDER BY orders.created_at, orders.order_id
        ) AS place
    FROM orders
    JOIN closed_windows AS windows ON windows.activity_id = orders.activity_id
    WHERE windows.cohort = 'touched'
      AND orders.status = 'Success'
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND orders.month >= $first_month
      AND orders.month <= $last_month
      AND orders.created_at >= windows.start_at
      AND orders.created_at < windows.window_end
)
SELECT activity_id, user_id, order_id AS first_order_id, created_at AS first_order_at
FROM ranked
WHERE place = 1
