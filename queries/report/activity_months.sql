-- what: an activity's months with the thirteen fields
-- grain: one row per month offset
-- parameters: activity_id
SELECT
    month_offset, cohort_start_date, cohort_size, avg_cac,
    ltv_cumulative, ltv_cac_ratio, cumulative_profit, is_break_even,
    monthly_revenue, monthly_orders, active_users,
    repeat_purchase_rate, avg_purchase_frequency, avg_order_value,
    cumulative_orders, repeat_customers, collected_at
FROM ltv_batch
WHERE activity_id = $activity_id
ORDER BY month_offset;
