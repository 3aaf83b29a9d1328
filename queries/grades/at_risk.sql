-- what: the customers who will be demoted within some days unless they buy more, and when first
-- grain: one row per customer who would fall
-- parameters: window_start, last_window_start, as_of, row_limit;
--   vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
WITH held AS (
    SELECT users.user_id, users.external_id, users.name, coalesce(grades_then.grade, users.grade) AS grade
    FROM users
    LEFT JOIN grades_then ON grades_then.user_id = users.user_id
    WHERE users.signed_up_at < $as_of
      AND coalesce(grades_then.grade, users.grade) > 'BRONZE'
),
in_window AS (
    SELECT orders.user_id, orders.amount, orders.status = 'Success' AS is_order, orders.created_at
    FROM orders
    JOIN held ON held.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $window_start
      AND orders.created_at < $as_of
),
totals AS (
    SELECT user_id, sum(amount) AS amount, count(*) FILTER (WHERE is_order) AS orders
    FROM in_window
    GROUP BY user_id
),
-- At month ends several days share a window's start: the first of them counts.
first_days AS (
    SELECT window_start, min(days_ahead) AS days_ahead
    FROM window_starts
    GROUP BY window_start
),
-- The first day whose window starts after the order: it has rolled out then.
rolling_out AS (
    SELECT leaving.user_id, days.days_ahead, sum(leaving.amount) AS amount,
        count(*) FILTER (WHERE leaving.is_order) AS orders
    FROM (SELECT user_id, amount, is_order, created_at FROM in_window WHERE created_at < $last_window_start) AS leaving
    ASOF JOIN first_days AS days ON leaving.created_at < days.window_start
    GROUP BY leaving.user_id, days.days_ahead
),
days_of_change AS (
    SELECT user_id, days_ahead, amount, orders FROM rolling_out
    UNION ALL
    SELECT user_id, 0, 0, 0 FROM held
),
left_over AS (
    SELECT
        held.user_id, held.external_id, held.name, held.grade,
        changes.days_ahead,
        coalesce(totals.amount, 0) - sum(changes.amount) OVER so_far AS amount,
        CAST(coalesce(totals.orders, 0) - sum(changes.orders) OVER so_far AS BIGINT) AS orders
    FROM days_of_change AS changes
    JOIN held ON held.user_id = changes.user_id
    LEFT JOIN totals ON totals.user_id = changes.user_id
    WINDOW so_far AS (PARTITION BY changes.user_id ORDER BY changes.days_ahead)
),
graded AS (
    SELECT
        user_id, external_id, name, grade, days_ahead, amount, orders,
        CAST(
            grade_earned(
                amount, orders,
                $vip_amount, $vip_orders, $gold_amount, $gold_orders, $silver_amount, $silver_orders
            ) AS grade
        ) AS falls_to
    FROM left_over
)
SELECT
    graded.user_id, graded.external_id, graded.name, graded.grade,
    graded.falls_to, days.falls_at, as_amount(graded.amount) AS amount, graded.orders
FROM graded
JOIN window_starts AS days ON days.days_ahead = graded.days_ahead
WHERE graded.falls_to < graded.grade
QUALIFY row_number() OVER (PARTITION BY graded.user_id ORDER BY graded.days_ahead) = 1
ORDER BY days.falls_at, graded.grade DESC, graded.user_id
LIMIT $row_limit;
