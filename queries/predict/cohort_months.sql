-- what: the open months of cohorts, with known and expected revenue
-- grain: one row per activity and month, by start
-- parameters: as_of of the runs
SELECT
    runs.run_id,
    runs.pool,
    predicted.activity_id,
    activities.name,
    activities.channel,
    activities.start_at,
    activities.budget,
    (SELECT count(*) FROM cohort_members AS members WHERE members.activity_id = predicted.activity_id) AS cohort_size,
    predicted.month_offset,
    predicted.known,
    predicted.expected,
    predicted.low,
    predicted.high,
    predicted.chain_ladder,
    predicted.plain,
    predicted.expected_orders
FROM ltv_predicted AS predicted
JOIN predict_runs AS runs ON runs.run_id = predicted.run_id
JOIN campaign_activities AS activities ON activities.activity_id = predicted.activity_id
WHERE runs.as_of = $as_of
ORDER BY activities.start_at, predicted.activity_id, predicted.month_offset;
