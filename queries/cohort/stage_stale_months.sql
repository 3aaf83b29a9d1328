-- what: months of the activities to repair: those before the first stale one, or those from it to the last written
-- grain: one row per activity and month offset
-- parameters: as_of, months (how many offsets a cohort has), stale (false: before, true: from it on)
CREATE OR REPLACE TEMP TABLE due_months AS
WITH sizes AS (
    SELECT activity_id, count(*) AS cohort_size
    FROM cohort_members
    WHERE activity_id IN (SELECT activity_id FROM stale_activities)
    GROUP BY activity_id
),
-- An offset beyond every calendar is no month.
written AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM rows_before
    WHERE month_offset <= longest_cohort()
    GROUP BY activity_id
),
months AS (
    SELECT stale.activity_id, stale.from_offset, unnest(range(written.last_offset + 1)) AS n
    FROM stale_activities AS stale
    JOIN written ON written.activity_id = stale.activity_id
)
SELECT
    activities.activity_id,
    CAST(months.n AS INTEGER) AS month_offset,
    activities.start_at,
    activities.start_at + to_months(CAST(months.n AS INTEGER)) AS month_start,
    activities.start_at + to_months(CAST(months.n + 1 AS INTEGER)) AS month_end,
    sizes.cohort_size
FROM months
JOIN campaign_activities AS activities ON activities.activity_id = months.activity_id
JOIN sizes ON sizes.activity_id = months.activity_id
WHERE activities.frozen
  AND months.n < $months
  AND (months.n >= months.from_offset) = CAST($stale AS BOOLEAN)
  AND activities.start_at + to_months(CAST(months.n + 1 AS INTEGER)) <= $as_of
ORDER BY activities.activity_id, month_offset;
