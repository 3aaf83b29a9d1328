-- what: the rows of the batch, each as last written
-- grain: one row per activity and month offset
-- parameters: none
-- reads: rows_of_runs (of every run)
WITH ranked AS (
    SELECT
        activity_id,
        month_offset,
        collected_at,
        cohort_start_date,
        cohort_size,
        avg_cac,
        ltv_cumulative,
        ltv_cac_ratio,
        cumulative_profit,
        is_break_even,
        monthly_revenue,
        monthly_orders,
        active_users,
        repeat_purchase_rate,
        avg_purchase_frequency,
        avg_order_value,
        cumulative_orders,
        repeat_customers,
        slice_hash,
        row_number() OVER (PARTITION BY activity_id, month_offset ORDER BY run DESC) AS place
    FROM rows_of_runs
)
SELECT
    activity_id,
    month_offset,
    collected_at,
    cohort_start_date,
    cohort_size,
    avg_cac,
    ltv_cumulative,
    ltv_cac_ratio,
    cumulative_profit,
    is_break_even,
    monthly_revenue,
    monthly_orders,
    active_users,
    repeat_purchase_rate,
    avg_purchase_frequency,
    avg_order_value,
    cumulative_orders,
    repeat_customers,
    slice_hash
FROM ranked
WHERE place = 1
