-- what: the bounds of every month that should have a row: of a frozen cohort with members, closed, and written
-- grain: one row per activity and month offset
-- parameters: as_of, months (how many offsets a cohort has), activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE expected_months AS
WITH followed AS (
    SELECT activity_id, start_at, budget, coalesce(kept_from_offset, 0) AS kept_from
    FROM campaign_activities
    WHERE frozen
      AND activity_id IN (SELECT activity_id FROM cohort_members)
      AND ($activity_id IS NULL OR activity_id = $activity_id)
),
-- Calendar arithmetic of its own: the n-th month after, its last day at most.
numbered AS (
    SELECT followed.*, CAST(n AS INTEGER) AS month_offset,
        make_date(
            CAST((year(start_at) * 12 + month(start_at) - 1 + n) // 12 AS BIGINT),
            CAST((year(start_at) * 12 + month(start_at) - 1 + n) % 12 + 1 AS BIGINT),
            1
        ) AS first_day
    FROM followed
    CROSS JOIN range(greatest($months, (SELECT least(max(month_offset), longest_cohort()) FROM ltv_batch)) + 2) AS numbers (n)
),
starting AS (
    SELECT
        * EXCLUDE (first_day),
        first_day
            + to_days(CAST(least(day(start_at), day(last_day(first_day))) - 1 AS INTEGER))
            + (start_at - date_trunc('day', start_at)) AS from_at
    FROM numbered
),
bounded AS (
    SELECT *, lead(from_at) OVER (PARTITION BY activity_id ORDER BY month_offset) AS until_at
    FROM starting
),
closed AS (
    SELECT * FROM bounded WHERE until_at <= $as_of
),
written AS (
    SELECT closed.activity_id, max(closed.month_offset) AS last_offset
    FROM closed
    JOIN ltv_batch AS stored
      ON stored.activity_id = closed.activity_id AND stored.month_offset = closed.month_offset
    GROUP BY closed.activity_id
)
SELECT
    closed.activity_id,
    closed.month_offset,
    closed.start_at,
    closed.budget,
    closed.from_at,
    closed.until_at,
    closed.month_offset >= closed.kept_from AS is_kept
FROM closed
JOIN written ON written.activity_id = closed.activity_id
WHERE closed.month_offset <= written.last_offset
ORDER BY closed.activity_id, closed.month_offset;
