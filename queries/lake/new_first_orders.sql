-- what: the lifetime-first qualifying orders of customers who had none before a slice of orders
-- grain: one row per new buyer
-- parameters: known_before (start of the slice), before (its end), first_month, last_month (its folders)
-- reads: orders, known_first_orders
WITH ranked AS (
    SELECT
        user_id,
        order_id,
        created_at,
        activity_id,
        row_number() OVER (PARTITION BY user_id ORDER BY created_at, order_id) AS place
    FROM orders
    WHERE status = 'Success'
      AND created_at >= $known_before
      AND created_at < $before
      AND month >= $first_month
      AND month <= $last_month
)
SELECT ranked.user_id, ranked.order_id, ranked.created_at, ranked.activity_id
FROM ranked
WHERE ranked.place = 1
  AND NOT EXISTS (SELECT 1 FROM known_first_orders AS known WHERE known.user_id = ranked.user_id)
