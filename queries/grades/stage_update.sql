-- what: the customers whose grade changes at an as-of, with the figures that cause it
-- grain: one row per changed customer
-- parameters: window_start, as_of; vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
CREATE OR REPLACE TEMP TABLE grade_update AS
WITH window_totals AS (
    SELECT user_id, sum(amount) AS amount, count(*) FILTER (WHERE status = 'Success') AS orders
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $window_start
      AND created_at < $as_of
    GROUP BY user_id
),
graded AS (
    SELECT
        users.user_id,
        coalesce(grades_then.grade, users.grade) AS from_grade,
        coalesce(totals.amount, 0) AS amount,
        coalesce(totals.orders, 0) AS orders,
        CAST(
            grade_earned(
                coalesce(totals.amount, 0), coalesce(totals.orders, 0),
                $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
            ) AS grade
        ) AS to_grade
    FROM users
    LEFT JOIN window_totals AS totals ON totals.user_id = users.user_id
    LEFT JOIN grades_then ON grades_then.user_id = users.user_id
    WHERE users.signed_up_at < $as_of
)
SELECT user_id, from_grade, to_grade, as_amount(amount) AS amount, orders
FROM graded
WHERE from_grade <> to_grade;
