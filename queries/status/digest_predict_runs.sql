-- what: the text of every row of predict_runs for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(run_id AS VARCHAR), '-'),
    coalesce('=' || CAST(as_of AS VARCHAR), '-'),
    coalesce('=' || CAST(pool AS VARCHAR), '-'),
    coalesce('=' || CAST(model AS VARCHAR), '-'),
    coalesce('=' || CAST(customers AS VARCHAR), '-'),
    coalesce('=' || CAST(repeat_customers AS VARCHAR), '-'),
    coalesce('=' || CAST(r AS VARCHAR), '-'),
    coalesce('=' || CAST(alpha AS VARCHAR), '-'),
    coalesce('=' || CAST(a AS VARCHAR), '-'),
    coalesce('=' || CAST(b AS VARCHAR), '-'),
    coalesce('=' || CAST(log_likelihood AS VARCHAR), '-'),
    coalesce('=' || CAST(spend_p AS VARCHAR), '-'),
    coalesce('=' || CAST(spend_q AS VARCHAR), '-'),
    coalesce('=' || CAST(spend_v AS VARCHAR), '-'),
    coalesce('=' || CAST(spend_log_likelihood AS VARCHAR), '-'),
    coalesce('=' || CAST(spend_correlation AS VARCHAR), '-'),
    coalesce('=' || CAST(alpha_spread AS VARCHAR), '-'),
    coalesce('=' || CAST(a_spread AS VARCHAR), '-'),
    coalesce('=' || CAST(horizon_end AS VARCHAR), '-'),
    coalesce('=' || CAST(holdout_from AS VARCHAR), '-'),
    coalesce('=' || CAST(holdout_error AS VARCHAR), '-'),
    coalesce('=' || CAST(note AS VARCHAR), '-'),
    coalesce('=' || CAST(version AS VARCHAR), '-')
) AS row_text
FROM predict_runs
ORDER BY run_id;
