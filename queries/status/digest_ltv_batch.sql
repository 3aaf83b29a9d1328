-- what: the text of every row of ltv_batch for its digest (collected_at left out: when a row was written is bookkeeping)
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(month_offset AS VARCHAR), '-'),
    coalesce('=' || CAST(cohort_start_date AS VARCHAR), '-'),
    coalesce('=' || CAST(cohort_size AS VARCHAR), '-'),
    coalesce('=' || CAST(avg_cac AS VARCHAR), '-'),
    coalesce('=' || CAST(ltv_cumulative AS VARCHAR), '-'),
    coalesce('=' || CAST(ltv_cac_ratio AS VARCHAR), '-'),
    coalesce('=' || CAST(cumulative_profit AS VARCHAR), '-'),
    coalesce('=' || CAST(is_break_even AS VARCHAR), '-'),
    coalesce('=' || CAST(monthly_revenue AS VARCHAR), '-'),
    coalesce('=' || CAST(monthly_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(active_users AS VARCHAR), '-'),
    coalesce('=' || CAST(repeat_purchase_rate AS VARCHAR), '-'),
    coalesce('=' || CAST(avg_purchase_frequency AS VARCHAR), '-'),
    coalesce('=' || CAST(avg_order_value AS VARCHAR), '-'),
    coalesce('=' || CAST(cumulative_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(repeat_customers AS VARCHAR), '-')
) AS row_text
FROM ltv_batch
ORDER BY activity_id, month_offset;
