-- what: what a run of the batch would write as of an instant
-- grain: one row
-- parameters: as_of, months
WITH activities AS (
    SELECT
        activity_id, start_at, frozen,
        CASE cohort
            WHEN 'listed' THEN activity_id IN (SELECT activity_id FROM listed_customers)
            ELSE window_end(start_at, end_at) <= $as_of
        END AS can_be_frozen
    FROM campaign_activities
),
sizes AS (
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
    count(*) FILTER (
        WHERE activities.frozen
          AND sizes.cohort_size IS NOT NULL
          AND months.n > coalesce(written.last_offset, -1)
          AND activities.start_at + to_months(CAST(months.n + 1 AS INTEGER)) <= $as_of
    ) AS months,
    count(DISTINCT activities.activity_id) FILTER (WHERE activities.can_be_frozen AND NOT activities.frozen) AS to_freeze
FROM activities
LEFT JOIN sizes ON sizes.activity_id = activities.activity_id
LEFT JOIN written ON written.activity_id = activities.activity_id
CROSS JOIN range($months) AS months (n);
