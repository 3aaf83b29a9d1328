-- what: the months that a run must write: closed months of frozen cohorts with members, unwritten or stale
-- grain: one row per activity and month offset
-- parameters: as_of, months (how many offsets a cohort has)
-- reads: activities, members, written_rows, stale_activities
WITH sizes AS (
    SELECT activity_id, count(*) AS cohort_size
    FROM members
    GROUP BY activity_id
),
written AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM written_rows
    GROUP BY activity_id
),
followed AS (
    SELECT
        activities.activity_id,
        activities.start_at,
        sizes.cohort_size,
        coalesce(stale.from_offset, written.last_offset + 1, 0) AS from_offset
    FROM activities
    JOIN sizes ON sizes.activity_id = activities.activity_id
    LEFT JOIN written ON written.activity_id = activities.activity_id
    LEFT JOIN stale_activities AS stale ON stale.activity_id = activities.activity_id
)
SELECT
    followed.activity_id,
    CAST(numbers.n AS INTEGER) AS month_offset,
    followed.start_at,
    months_after(followed.start_at, numbers.n) AS month_start,
    months_after(followed.start_at, numbers.n + 1) AS month_end,
    followed.cohort_size,
    followed.from_offset
FROM followed
CROSS JOIN range($months) AS numbers (n)
WHERE numbers.n >= followed.from_offset
  AND months_after(followed.start_at, numbers.n + 1) <= $as_of
