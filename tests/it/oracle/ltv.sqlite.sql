-- what: the LTV rows of every closed month, from all orders of the members (SQLite)
-- grain: one row per activity and month offset
-- parameters: as_of, months
WITH RECURSIVE numbers (n) AS (
    SELECT 0
    UNION ALL
    SELECT n + 1 FROM numbers WHERE n + 1 < :months
),
sizes AS (
    SELECT activity_id, count(*) AS cohort_size FROM members GROUP BY activity_id
),
months AS (
    SELECT
        activities.activity_id, activities.budget, sizes.cohort_size, numbers.n, activities.start_at,
        CASE activities.cohort
            WHEN 'listed' THEN start_at
            ELSE coalesce(
                activities.end_at, date(substr(start_at, 1, 10), '+1 month', 'floor') || substr(start_at, 11)
            )
        END AS known_at,
        date(substr(start_at, 1, 10), '+' || n || ' months', 'floor') || substr(start_at, 11) AS month_start,
        date(substr(start_at, 1, 10), '+' || (n + 1) || ' months', 'floor') || substr(start_at, 11) AS month_end
    FROM activities
    JOIN sizes ON sizes.activity_id = activities.activity_id
    CROSS JOIN numbers
),
numbered AS (
    SELECT
        members.activity_id, orders.user_id, orders.amount, orders.created_at,
        -- Returns have no number: they are not orders.
        CASE orders.status WHEN 'Success' THEN
            sum(orders.status = 'Success') OVER (
                PARTITION BY members.activity_id, orders.user_id ORDER BY orders.created_at, orders.order_id
            )
        END AS nth
    FROM members
    JOIN activities ON activities.activity_id = members.activity_id
    JOIN orders
      ON orders.user_id = members.user_id
     AND orders.created_at >= activities.start_at
     AND orders.status IN ('Success', 'Returned')
),
summed AS (
    SELECT
        months.*,
        coalesce(sum(numbered.amount), 0) AS ltv,
        count(numbered.nth) AS orders_so_far,
        coalesce(sum(numbered.nth = 2), 0) AS repeats,
        coalesce(sum(numbered.amount) FILTER (WHERE numbered.created_at >= months.month_start), 0) AS revenue,
        count(numbered.nth) FILTER (WHERE numbered.created_at >= months.month_start) AS orders,
        count(DISTINCT numbered.user_id) FILTER (
            WHERE numbered.created_at >= months.month_start AND numbered.nth IS NOT NULL
        ) AS buyers
    FROM months
    LEFT JOIN numbered
      ON numbered.activity_id = months.activity_id AND numbered.created_at < months.month_end
    WHERE months.month_end <= :as_of
    GROUP BY months.activity_id, months.n
)
SELECT
    activity_id,
    n,
    substr(start_at, 1, 10) AS cohort_start_date,
    cohort_size,
    (2 * budget + cohort_size) / (2 * cohort_size) AS avg_cac,
    ltv AS ltv_cumulative,
    CASE WHEN budget <> 0 THEN (ltv / 100.0) / (budget / 100.0) END AS ltv_cac_ratio,
    ltv - coalesce(budget, 0) AS cumulative_profit,
    ltv - coalesce(budget, 0) >= 0 AS is_break_even,
    revenue AS monthly_revenue,
    orders AS monthly_orders,
    buyers AS active_users,
    100.0 * repeats / cohort_size AS repeat_purchase_rate,
    1.0 * orders_so_far / cohort_size AS avg_purchase_frequency,
    CASE WHEN orders_so_far > 0 THEN
        sign(ltv) * ((2 * abs(ltv) + orders_so_far) / (2 * orders_so_far))
    END AS avg_order_value,
    orders_so_far AS cumulative_orders,
    repeats AS repeat_customers,
    max(known_at, month_end) AS due_at
FROM summed
ORDER BY activity_id, n;
