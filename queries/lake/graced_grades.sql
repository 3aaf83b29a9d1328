-- what: the earned grades, except that a demoted customer keeps the best grade earned on any day of the grace period
-- grain: one row per customer
-- parameters: first_window_start, as_of, first_month, last_month (the folders of what lies between); vip_amount,
--   vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
-- reads: orders, earned_grades, grace_days
WITH demoted AS (
    SELECT user_id
    FROM earned_grades
    WHERE earned < held
),
bought AS (
    SELECT
        orders.user_id,
        orders.amount,
        orders.created_at,
        CASE WHEN orders.status = 'Success' THEN 1 ELSE 0 END AS is_order
    FROM orders
    JOIN demoted ON demoted.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $first_window_start
      AND orders.created_at < $as_of
      AND orders.month >= $first_month
      AND orders.month <= $last_month
),
totals AS (
    SELECT
        bought.user_id,
        grace_days.days_back,
        sum(bought.amount) AS amount,
        CAST(sum(bought.is_order) AS BIGINT) AS orders
    FROM bought
    JOIN grace_days
      ON bought.created_at >= grace_days.window_start AND bought.created_at < grace_days.window_end
    GROUP BY bought.user_id, grace_days.days_back
),
best AS (
    SELECT
        user_id,
        max(
            earned_rank(
                amount, orders,
                $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
            )
        ) AS earned
    FROM totals
    GROUP BY user_id
)
SELECT
    now.user_id,
    now.held,
    CASE
        WHEN coalesce(best.earned, 0) <= now.earned THEN now.earned
        WHEN coalesce(best.earned, 0) < now.held THEN coalesce(best.earned, 0)
        ELSE now.held
    END AS earned,
    now.amount,
    now.orders
FROM earned_grades AS now
LEFT JOIN best ON best.user_id = now.user_id
