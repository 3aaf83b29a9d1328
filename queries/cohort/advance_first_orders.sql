-- what: the lifetime-first qualifying orders of customers who had none before a slice of orders
-- grain: one row per new buyer
-- parameters: covered_before (start of the slice), before (its end)
INSERT INTO first_orders (user_id, order_id, created_at, activity_id)
WITH slice AS (
    SELECT user_id, order_id, activity_id, created_at
    FROM orders
    WHERE status = 'Success'
      AND created_at >= $covered_before
      AND created_at < $before
      AND user_id NOT IN (SELECT user_id FROM first_orders)
),
first_times AS (
    SELECT user_id, min(created_at) AS created_at
    FROM slice
    GROUP BY user_id
)
SELECT
    slice.user_id,
    min(slice.order_id) AS order_id,
    first_times.created_at,
    arg_min_null(slice.activity_id, slice.order_id) AS activity_id
FROM slice
JOIN first_times ON first_times.user_id = slice.user_id AND first_times.created_at = slice.created_at
GROUP BY slice.user_id, first_times.created_at
ORDER BY first_times.created_at, slice.user_id;
