-- what: every cell of the batch that is not as it should be, and rows that are missing or too many
-- grain: one row an activity, month offset and field; the field is empty where the row is missing or too many
-- parameters: months (how many offsets a cohort has), activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE row_differences AS
WITH stored AS (
    SELECT *, row_number() OVER (PARTITION BY activity_id, month_offset ORDER BY collected_at, rowid) AS copy
    FROM ltv_batch
    WHERE $activity_id IS NULL OR activity_id = $activity_id
),
cells AS (
    SELECT
        stored.activity_id,
        stored.month_offset,
        unnest([
            {'place': 1, 'field': 'cohort_start_date', 'stored': CAST(stored.cohort_start_date AS VARCHAR), 'expected': CAST(expected.cohort_start_date AS VARCHAR)},
            {'place': 2, 'field': 'cohort_size', 'stored': CAST(stored.cohort_size AS VARCHAR), 'expected': CAST(expected.cohort_size AS VARCHAR)},
            {'place': 3, 'field': 'avg_cac', 'stored': CAST(stored.avg_cac AS VARCHAR), 'expected': CAST(expected.avg_cac AS VARCHAR)},
            {'place': 4, 'field': 'monthly_revenue', 'stored': CAST(stored.monthly_revenue AS VARCHAR), 'expected': CAST(expected.monthly_revenue AS VARCHAR)},
            {'place': 5, 'field': 'monthly_orders', 'stored': CAST(stored.monthly_orders AS VARCHAR), 'expected': CAST(expected.monthly_orders AS VARCHAR)},
            {'place': 6, 'field': 'active_users', 'stored': CAST(stored.active_users AS VARCHAR), 'expected': CAST(expected.active_users AS VARCHAR)},
            {'place': 7, 'field': 'ltv_cumulative', 'stored': CAST(stored.ltv_cumulative AS VARCHAR), 'expected': CAST(expected.ltv_cumulative AS VARCHAR)},
            {'place': 8, 'field': 'ltv_cac_ratio', 'stored': CAST(stored.ltv_cac_ratio AS VARCHAR), 'expected': CAST(expected.ltv_cac_ratio AS VARCHAR)},
            {'place': 9, 'field': 'cumulative_profit', 'stored': CAST(stored.cumulative_profit AS VARCHAR), 'expected': CAST(expected.cumulative_profit AS VARCHAR)},
            {'place': 10, 'field': 'is_break_even', 'stored': CAST(stored.is_break_even AS VARCHAR), 'expected': CAST(expected.is_break_even AS VARCHAR)},
            {'place': 11, 'field': 'repeat_purchase_rate', 'stored': CAST(stored.repeat_purchase_rate AS VARCHAR), 'expected': CAST(expected.repeat_purchase_rate AS VARCHAR)},
            {'place': 12, 'field': 'avg_purchase_frequency', 'stored': CAST(stored.avg_purchase_frequency AS VARCHAR), 'expected': CAST(expected.avg_purchase_frequency AS VARCHAR)},
            {'place': 13, 'field': 'avg_order_value', 'stored': CAST(stored.avg_order_value AS VARCHAR), 'expected': CAST(expected.avg_order_value AS VARCHAR)},
            {'place': 14, 'field': 'cumulative_orders', 'stored': CAST(stored.cumulative_orders AS VARCHAR), 'expected': CAST(expected.cumulative_orders AS VARCHAR)},
            {'place': 15, 'field': 'repeat_customers', 'stored': CAST(stored.repeat_customers AS VARCHAR), 'expected': CAST(expected.repeat_customers AS VARCHAR)},
            {'place': 16, 'field': 'slice_hash', 'stored': CAST(stored.slice_hash AS VARCHAR), 'expected': CASE WHEN stored.slice_hash IS NOT NULL THEN CAST(expected.slice_hash AS VARCHAR) END},
            {'place': 17, 'field': 'collected_at', 'stored': CAST(stored.collected_at AS VARCHAR), 'expected': CASE WHEN stored.collected_at >= expected.until_at THEN CAST(stored.collected_at AS VARCHAR) ELSE expected.until_at || ' or later' END}
        ], recursive := true)
    FROM stored
    JOIN expected_rows AS expected
      ON expected.activity_id = stored.activity_id AND expected.month_offset = stored.month_offset
    WHERE stored.copy = 1
)
SELECT activity_id, month_offset, 'cell' AS kind, place, field, stored, expected
FROM cells
WHERE stored IS DISTINCT FROM expected
UNION ALL
SELECT activity_id, month_offset, 'extra', 0, NULL, NULL, NULL
FROM stored
LEFT JOIN expected_rows AS expected USING (activity_id, month_offset)
WHERE copy > 1 OR expected.activity_id IS NULL
UNION ALL
SELECT activity_id, month_offset, 'missing', 0, NULL, NULL, NULL
FROM expected_rows
LEFT JOIN stored USING (activity_id, month_offset)
WHERE stored.activity_id IS NULL
  AND month_offset < $months;
