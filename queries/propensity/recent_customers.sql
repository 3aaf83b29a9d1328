-- what: the most recent customers, by their latest order, then by sign-up
-- grain: one row per customer
-- parameters: as_of, capacity
WITH latest AS (
    SELECT user_id, max(created_at) AS latest_order_at
    FROM orders
    WHERE created_at < $as_of
    GROUP BY user_id
)
SELECT users.user_id, users.gender, users.birth_date, users.status, users.marketing_agree, users.grade
FROM users
LEFT JOIN latest ON latest.user_id = users.user_id
WHERE users.signed_up_at < $as_of
ORDER BY latest.latest_order_at DESC NULLS LAST, users.signed_up_at DESC, users.user_id
LIMIT $capacity;
