-- what: the text of every row of ltv_predicted for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(run_id AS VARCHAR), '-'),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(month_offset AS VARCHAR), '-'),
    coalesce('=' || CAST(known AS VARCHAR), '-'),
    coalesce('=' || CAST(expected AS VARCHAR), '-'),
    coalesce('=' || CAST(low AS VARCHAR), '-'),
    coalesce('=' || CAST(high AS VARCHAR), '-'),
    coalesce('=' || CAST(chain_ladder AS VARCHAR), '-'),
    coalesce('=' || CAST(plain AS VARCHAR), '-'),
    coalesce('=' || CAST(expected_orders AS VARCHAR), '-')
) AS row_text
FROM ltv_predicted
ORDER BY run_id, activity_id, month_offset;
