-- what: the grade that each customer holds and the one that the window's orders earn; 0 is BRONZE, 3 is VIP
-- grain: one row per customer
-- parameters: window_start, as_of, first_month, last_month (the window's folders); vip_amount, vip_orders,
--   gold_amount, gold_orders, silver_amount, silver_orders
-- reads: orders, held_grades
WITH totals AS (
    SELECT
        user_id,
        sum(amount) AS amount,
        CAST(sum(CASE WHEN status = 'Success' THEN 1 ELSE 0 END) AS BIGINT) AS orders
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $window_start
      AND created_at < $as_of
      AND month >= $first_month
      AND month <= $last_month
    GROUP BY user_id
),
summed AS (
    SELECT
        held_grades.user_id,
        held_grades.held,
        coalesce(totals.amount, CAST(0 AS DECIMAL(18, 2))) AS amount,
        coalesce(totals.orders, 0) AS orders
    FROM held_grades
    LEFT JOIN totals ON totals.user_id = held_grades.user_id
)
SELECT
    user_id,
    held,
    earned_rank(
        amount, orders,
        $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
    ) AS earned,
    as_amount(amount) AS amount,
    orders
FROM summed
