-- what: the runs as of an instant, by default the last as-of of any run
-- grain: one row per pool, in the order they were fitted
-- parameters: as_of, or NULL
SELECT
    run_id,
    as_of,
    pool,
    model,
    customers,
    repeat_customers,
    r,
    alpha,
    a,
    b,
    log_likelihood,
    spend_p,
    spend_q,
    spend_v,
    spend_log_likelihood,
    spend_correlation,
    alpha_spread,
    a_spread,
    horizon_end,
    holdout_from,
    holdout_error,
    note,
    version
FROM predict_runs
WHERE as_of = coalesce(
    CAST($as_of AS TIMESTAMP),
    (SELECT max_by(as_of, run_id) FROM predict_runs)
)
ORDER BY run_id;
