-- what: every customer's first qualifying order, from all orders
-- grain: one row per customer with a qualifying order
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE lifetime_firsts AS
WITH earliest AS (
    SELECT user_id, min(created_at) AS created_at
    FROM orders
    WHERE status = 'Success'
      AND created_at < $as_of
    GROUP BY user_id
),
-- More than one only where orders were made in the same microsecond.
candidates AS (
    SELECT orders.user_id, orders.order_id, orders.created_at, coalesce(orders.activity_id, -1) AS activity_id
    FROM orders
    JOIN earliest ON earliest.user_id = orders.user_id AND earliest.created_at = orders.created_at
    WHERE orders.status = 'Success'
)
SELECT user_id, min(order_id) AS order_id, min(created_at) AS created_at, arg_min(activity_id, order_id) AS activity_id
FROM candidates
GROUP BY user_id;
