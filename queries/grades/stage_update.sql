-- what: the customers whose grade changes at an as-of, with the figures that cause it
-- grain: one row per changed customer
-- parameters: window_start, as_of; without_orders (the grade that no orders earn);
--     vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
-- reads: grades_then
--
-- Most sums cannot change a grade. Only those that earn another grade than no orders do, or that belong to a customer
-- who holds another, are joined to the customers.
CREATE OR REPLACE TEMP TABLE grade_update AS
WITH held AS (
    SELECT users.user_id, coalesce(grades_then.grade, users.grade) AS grade
    FROM users
    LEFT JOIN grades_then ON grades_then.user_id = users.user_id
    WHERE users.signed_up_at < $as_of
),
window_totals AS (
    SELECT user_id, sum(amount) AS amount, count(*) FILTER (WHERE status = 'Success') AS orders
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $window_start
      AND created_at < $as_of
    GROUP BY user_id
),
earned AS (
    SELECT
        user_id,
        amount,
        orders,
        CAST(
            grade_earned(
                amount, orders,
                $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
            ) AS grade
        ) AS grade
    FROM window_totals
),
concerned AS (
    SELECT user_id, amount, orders, grade
    FROM earned
    WHERE grade <> CAST($without_orders AS grade)
       OR user_id IN (SELECT user_id FROM held WHERE grade <> CAST($without_orders AS grade))
)
SELECT
    held.user_id,
    held.grade AS from_grade,
    coalesce(concerned.grade, CAST($without_orders AS grade)) AS to_grade,
    as_amount(coalesce(concerned.amount, 0)) AS amount,
    coalesce(concerned.orders, 0) AS orders
FROM held
LEFT JOIN concerned ON concerned.user_id = held.user_id
WHERE held.grade <> coalesce(concerned.grade, CAST($without_orders AS grade));
