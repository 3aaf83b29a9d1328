-- what: the text of every row of predict_checks for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(run_id AS VARCHAR), '-'),
    coalesce('=' || CAST(level AS VARCHAR), '-'),
    coalesce('=' || CAST(position AS VARCHAR), '-'),
    coalesce('=' || CAST(label AS VARCHAR), '-'),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(customers AS VARCHAR), '-'),
    coalesce('=' || CAST(actual_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(model_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(plain_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(actual_revenue AS VARCHAR), '-'),
    coalesce('=' || CAST(model_revenue AS VARCHAR), '-'),
    coalesce('=' || CAST(plain_revenue AS VARCHAR), '-'),
    coalesce('=' || CAST(p_buy AS VARCHAR), '-'),
    coalesce('=' || CAST(bought AS VARCHAR), '-')
) AS row_text
FROM predict_checks
ORDER BY run_id, level, position;
