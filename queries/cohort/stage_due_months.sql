-- what: the months that a run must write: closed, of frozen cohorts with members, not written yet
-- grain: one row per activity and month offset
-- parameters: as_of, months (how many offsets a cohort has)
CREATE OR REPLACE TEMP TABLE due_months AS
WITH sizes AS (
    SELECT activity_id, count(*) AS cohort_size
    FROM cohort_members
    GROUP BY activity_id
),
written AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM ltv_batch
    GROUP BY activity_id
)
SELECT
    activities.activity_id,
    CAST(month_numbers.n AS INTEGER) AS month_offset,
    activities.start_at,
    activities.start_at + to_months(CAST(month_numbers.n AS INTEGER)) AS month_start,
    activities.start_at + to_months(CAST(month_numbers.n + 1 AS INTEGER)) AS month_end,
    sizes.cohort_size
FROM campaign_activities AS activities
JOIN sizes ON sizes.activity_id = activities.activity_id
LEFT JOIN written ON written.activity_id = activities.activity_id
CROSS JOIN range($months) AS month_numbers (n)
WHERE activities.frozen
  AND month_numbers.n > coalesce(written.last_offset, -1)
  AND activities.start_at + to_months(CAST(month_numbers.n + 1 AS INTEGER)) <= $as_of
ORDER BY activities.activity_id, month_offset;
