-- what: every customer's grade as of an instant (SQLite)
-- grain: one row per customer who signed up before the as-of
-- parameters: as_of, window ('-6 months'), amounts and orders that the grades ask for
SELECT
    user_id,
    CASE
        WHEN amount < :silver_amount OR orders < :silver_orders THEN 'BRONZE'
        WHEN amount < :gold_amount OR orders < :gold_orders THEN 'SILVER'
        WHEN amount < :vip_amount OR orders < :vip_orders THEN 'GOLD'
        ELSE 'VIP'
    END AS grade,
    amount,
    orders
FROM (
    SELECT users.user_id, coalesce(sum(orders.amount), 0) AS amount,
        coalesce(sum(orders.status = 'Success'), 0) AS orders
    FROM users
    LEFT JOIN orders
      ON orders.user_id = users.user_id
     AND orders.status IN ('Success', 'Returned')
     AND orders.created_at < :as_of
     AND orders.created_at >= date(substr(:as_of, 1, 10), :window, 'floor') || substr(:as_of, 11)
    WHERE users.signed_up_at < :as_of
    GROUP BY users.user_id
)
ORDER BY user_id;
