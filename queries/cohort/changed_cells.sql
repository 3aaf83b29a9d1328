-- what: what a repair changed: cells from what to what, rows added and removed
-- grain: one row an activity, month offset and field; no field where a whole row came or went
-- parameters: none
WITH after AS (
    SELECT *
    FROM ltv_batch
    WHERE activity_id IN (SELECT activity_id FROM stale_activities)
),
cells AS (
    SELECT
        after.activity_id,
        after.month_offset,
        unnest([
            {'place': 1, 'field': 'cohort_start_date', 'was': CAST(rows_before.cohort_start_date AS VARCHAR), 'is': CAST(after.cohort_start_date AS VARCHAR)},
            {'place': 2, 'field': 'cohort_size', 'was': CAST(rows_before.cohort_size AS VARCHAR), 'is': CAST(after.cohort_size AS VARCHAR)},
            {'place': 3, 'field': 'avg_cac', 'was': CAST(rows_before.avg_cac AS VARCHAR), 'is': CAST(after.avg_cac AS VARCHAR)},
            {'place': 4, 'field': 'monthly_revenue', 'was': CAST(rows_before.monthly_revenue AS VARCHAR), 'is': CAST(after.monthly_revenue AS VARCHAR)},
            {'place': 5, 'field': 'monthly_orders', 'was': CAST(rows_before.monthly_orders AS VARCHAR), 'is': CAST(after.monthly_orders AS VARCHAR)},
            {'place': 6, 'field': 'active_users', 'was': CAST(rows_before.active_users AS VARCHAR), 'is': CAST(after.active_users AS VARCHAR)},
            {'place': 7, 'field': 'ltv_cumulative', 'was': CAST(rows_before.ltv_cumulative AS VARCHAR), 'is': CAST(after.ltv_cumulative AS VARCHAR)},
            {'place': 8, 'field': 'ltv_cac_ratio', 'was': CAST(rows_before.ltv_cac_ratio AS VARCHAR), 'is': CAST(after.ltv_cac_ratio AS VARCHAR)},
            {'place': 9, 'field': 'cumulative_profit', 'was': CAST(rows_before.cumulative_profit AS VARCHAR), 'is': CAST(after.cumulative_profit AS VARCHAR)},
            {'place': 10, 'field': 'is_break_even', 'was': CAST(rows_before.is_break_even AS VARCHAR), 'is': CAST(after.is_break_even AS VARCHAR)},
            {'place': 11, 'field': 'repeat_purchase_rate', 'was': CAST(rows_before.repeat_purchase_rate AS VARCHAR), 'is': CAST(after.repeat_purchase_rate AS VARCHAR)},
            {'place': 12, 'field': 'avg_purchase_frequency', 'was': CAST(rows_before.avg_purchase_frequency AS VARCHAR), 'is': CAST(after.avg_purchase_frequency AS VARCHAR)},
            {'place': 13, 'field': 'avg_order_value', 'was': CAST(rows_before.avg_order_value AS VARCHAR), 'is': CAST(after.avg_order_value AS VARCHAR)},
            {'place': 14, 'field': 'cumulative_orders', 'was': CAST(rows_before.cumulative_orders AS VARCHAR), 'is': CAST(after.cumulative_orders AS VARCHAR)},
            {'place': 15, 'field': 'repeat_customers', 'was': CAST(rows_before.repeat_customers AS VARCHAR), 'is': CAST(after.repeat_customers AS VARCHAR)},
            {'place': 16, 'field': 'slice_hash', 'was': CAST(rows_before.slice_hash AS VARCHAR), 'is': CASE WHEN rows_before.slice_hash IS NOT NULL THEN CAST(after.slice_hash AS VARCHAR) END}
        ], recursive := true)
    FROM after
    JOIN rows_before ON rows_before.activity_id = after.activity_id AND rows_before.month_offset = after.month_offset
)
SELECT activity_id, month_offset, 'cell' AS kind, field, was AS before, "is" AS after, place
FROM cells
WHERE was IS DISTINCT FROM "is"
UNION ALL
SELECT activity_id, month_offset, 'removed', NULL, NULL, NULL, 0
FROM rows_before
ANTI JOIN after USING (activity_id, month_offset)
UNION ALL
SELECT activity_id, month_offset, 'added', NULL, NULL, NULL, 0
FROM after
ANTI JOIN rows_before USING (activity_id, month_offset)
ORDER BY activity_id, month_offset, place;
