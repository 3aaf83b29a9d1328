-- what: the rows of the batch that differ from a recomputation from the orders, with the differing fields
-- grain: one row per activity and month offset
-- parameters: none
-- reads: expected_rows, written_rows
WITH compared AS (
    SELECT
        coalesce(written.activity_id, expected.activity_id) AS activity_id,
        coalesce(written.month_offset, expected.month_offset) AS month_offset,
        CASE
            WHEN expected.activity_id IS NULL THEN 'extra'
            WHEN written.activity_id IS NULL THEN 'missing'
            ELSE concat_ws(
                ', ',
                CASE WHEN written.cohort_start_date IS DISTINCT FROM expected.cohort_start_date THEN 'cohort_start_date' END,
                CASE WHEN written.cohort_size IS DISTINCT FROM expected.cohort_size THEN 'cohort_size' END,
                CASE WHEN written.avg_cac IS DISTINCT FROM expected.avg_cac THEN 'avg_cac' END,
                CASE WHEN written.ltv_cumulative IS DISTINCT FROM expected.ltv_cumulative THEN 'ltv_cumulative' END,
                CASE WHEN written.ltv_cac_ratio IS DISTINCT FROM expected.ltv_cac_ratio THEN 'ltv_cac_ratio' END,
                CASE WHEN written.cumulative_profit IS DISTINCT FROM expected.cumulative_profit THEN 'cumulative_profit' END,
                CASE WHEN written.is_break_even IS DISTINCT FROM expected.is_break_even THEN 'is_break_even' END,
                CASE WHEN written.monthly_revenue IS DISTINCT FROM expected.monthly_revenue THEN 'monthly_revenue' END,
                CASE WHEN written.monthly_orders IS DISTINCT FROM expected.monthly_orders THEN 'monthly_orders' END,
                CASE WHEN written.active_users IS DISTINCT FROM expected.active_users THEN 'active_users' END,
                CASE WHEN written.repeat_purchase_rate IS DISTINCT FROM expected.repeat_purchase_rate THEN 'repeat_purchase_rate' END,
                CASE WHEN written.avg_purchase_frequency IS DISTINCT FROM expected.avg_purchase_frequency THEN 'avg_purchase_frequency' END,
                CASE WHEN written.avg_order_value IS DISTINCT FROM expected.avg_order_value THEN 'avg_order_value' END,
                CASE WHEN written.cumulative_orders IS DISTINCT FROM expected.cumulative_orders THEN 'cumulative_orders' END,
                CASE WHEN written.repeat_customers IS DISTINCT FROM expected.repeat_customers THEN 'repeat_customers' END,
                CASE WHEN written.slice_hash IS DISTINCT FROM expected.slice_hash THEN 'slice_hash' END
            )
        END AS differs
    FROM written_rows AS written
    FULL OUTER JOIN expected_rows AS expected
      ON expected.activity_id = written.activity_id AND expected.month_offset = written.month_offset
)
SELECT activity_id, month_offset, differs
FROM compared
WHERE differs <> ''
ORDER BY activity_id, month_offset
