-- what: the due rows, from the previous row, the month's slice and the members' state
-- grain: one row per activity and month offset
-- parameters: as_of, gross_margin (in millionths)
INSERT INTO ltv_batch (
    activity_id, month_offset, collected_at, cohort_start_date, cohort_size, avg_cac,
    ltv_cumulative, ltv_cac_ratio, cumulative_profit, is_break_even,
    monthly_revenue, monthly_orders, active_users,
    repeat_purchase_rate, avg_purchase_frequency, avg_order_value,
    cumulative_orders, repeat_customers, slice_hash
)
WITH bought AS (
    SELECT
        activity_id,
        month_offset,
        sum(revenue) AS revenue,
        sum(orders) AS orders,
        CAST(sum(buyers) AS BIGINT) AS buyers,
        bit_xor(checksum) AS slice_hash
    FROM member_months
    GROUP BY activity_id, month_offset
),
newly_repeat AS (
    SELECT activity_id, month_offset, count(*) AS customers
    FROM new_repeats
    GROUP BY activity_id, month_offset
),
months AS (
    SELECT
        due.activity_id,
        due.month_offset,
        due.start_at,
        due.cohort_size,
        coalesce(bought.revenue, 0) AS revenue,
        coalesce(bought.orders, 0) AS orders,
        coalesce(bought.buyers, 0) AS buyers,
        coalesce(newly_repeat.customers, 0) AS newly_repeat,
        coalesce(bought.slice_hash, 0) AS slice_hash
    FROM due_months AS due
    LEFT JOIN bought
      ON bought.activity_id = due.activity_id AND bought.month_offset = due.month_offset
    LEFT JOIN newly_repeat
      ON newly_repeat.activity_id = due.activity_id AND newly_repeat.month_offset = due.month_offset
),
previous AS (
    SELECT last.activity_id, last.cohort_start_date, last.cohort_size,
        last.ltv_cumulative, last.cumulative_orders, last.repeat_customers
    FROM ltv_batch AS last
    JOIN (SELECT activity_id, min(month_offset) AS month_offset FROM due_months GROUP BY activity_id) AS next
      ON next.activity_id = last.activity_id AND last.month_offset = next.month_offset - 1
),
cumulated AS (
    SELECT
        months.activity_id,
        months.month_offset,
        coalesce(previous.cohort_start_date, CAST(months.start_at AS DATE)) AS cohort_start_date,
        coalesce(previous.cohort_size, months.cohort_size) AS cohort_size,
        -- The budget as it is now, in every figure of the row.
        divide_half_up(activities.budget, coalesce(previous.cohort_size, months.cohort_size)) AS avg_cac,
        activities.budget,
        CAST(months.revenue AS DECIMAL(18, 2)) AS monthly_revenue,
        CAST(months.orders AS BIGINT) AS monthly_orders,
        months.buyers AS active_users,
        months.slice_hash,
        CAST(
            coalesce(previous.ltv_cumulative, 0) + sum(months.revenue) OVER so_far AS DECIMAL(18, 2)
        ) AS ltv_cumulative,
        CAST(
            coalesce(previous.cumulative_orders, 0) + sum(months.orders) OVER so_far AS BIGINT
        ) AS cumulative_orders,
        CAST(
            coalesce(previous.repeat_customers, 0) + sum(months.newly_repeat) OVER so_far AS BIGINT
        ) AS repeat_customers
    FROM months
    JOIN campaign_activities AS activities ON activities.activity_id = months.activity_id
    LEFT JOIN previous ON previous.activity_id = months.activity_id
    WINDOW so_far AS (PARTITION BY months.activity_id ORDER BY months.month_offset)
),
earned AS (
    -- The margin on the revenue, half-up, less the budget.
    SELECT
        *,
        CAST(
            divide_half_up(ltv_cumulative * CAST($gross_margin AS BIGINT), 1000000) - coalesce(budget, 0)
            AS DECIMAL(18, 2)
        ) AS cumulative_profit
    FROM cumulated
)
SELECT
    activity_id,
    month_offset,
    $as_of AS collected_at,
    cohort_start_date,
    cohort_size,
    avg_cac,
    ltv_cumulative,
    CASE WHEN budget <> 0 THEN CAST(ltv_cumulative AS DOUBLE) / CAST(budget AS DOUBLE) END AS ltv_cac_ratio,
    cumulative_profit,
    cumulative_profit >= 0 AS is_break_even,
    monthly_revenue,
    monthly_orders,
    active_users,
    CAST(repeat_customers AS DOUBLE) * 100 / CAST(cohort_size AS DOUBLE) AS repeat_purchase_rate,
    CAST(cumulative_orders AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS avg_purchase_frequency,
    divide_half_up(ltv_cumulative, cumulative_orders) AS avg_order_value,
    cumulative_orders,
    repeat_customers,
    slice_hash
FROM earned
ORDER BY activity_id, month_offset;
