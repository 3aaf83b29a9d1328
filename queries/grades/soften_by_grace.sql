-- what: softens staged demotions of customers who earned a higher grade during the grace period
-- grain: one row per demoted customer
-- parameters: first_window_start, as_of; vip_amount, vip_orders, gold_amount, gold_orders, silver_amount,
--   silver_orders; the days of grace are in window_starts, days_ahead counting back
UPDATE grade_update
SET to_grade = least(grade_update.from_grade, best.grade)
FROM (
    WITH candidates AS (
        SELECT user_id
        FROM grade_update
        WHERE to_grade < from_grade
    ),
    bought AS (
        SELECT orders.user_id, orders.amount, orders.status = 'Success' AS is_order, orders.created_at
        FROM orders
        JOIN candidates ON candidates.user_id = orders.user_id
        WHERE orders.status IN ('Success', 'Returned')
          AND orders.created_at >= $first_window_start
          AND orders.created_at < $as_of
    ),
    earned AS (
        SELECT
            bought.user_id,
            sum(bought.amount) AS amount,
            count(*) FILTER (WHERE bought.is_order) AS orders
        FROM bought
        JOIN window_starts AS days
          ON bought.created_at >= days.window_start AND bought.created_at < days.falls_at
        GROUP BY bought.user_id, days.days_ahead
    )
    SELECT
        user_id,
        max(
            CAST(
                grade_earned(
                    amount, orders,
                    $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
                ) AS grade
            )
        ) AS grade
    FROM earned
    GROUP BY user_id
) AS best
WHERE best.user_id = grade_update.user_id
  AND grade_update.to_grade < grade_update.from_grade
  AND best.grade > grade_update.to_grade;
