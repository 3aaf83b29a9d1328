-- what: the results of a run's hold-out
-- grain: one row per level and position
-- parameters: run_id
SELECT
    run_id,
    level,
    position,
    label,
    activity_id,
    customers,
    actual_orders,
    model_orders,
    plain_orders,
    actual_revenue,
    model_revenue,
    plain_revenue,
    p_buy,
    bought
FROM predict_checks
WHERE run_id = $run_id
ORDER BY
    CASE level WHEN 'total' THEN 1 WHEN 'cohort' THEN 2 WHEN 'frequency' THEN 3 ELSE 4 END,
    position;
