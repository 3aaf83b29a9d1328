-- what: the cohorts whose revenue, with the staged months, exceeds the largest amount
-- grain: one row per activity
-- parameters: none
WITH written AS (
    SELECT activity_id, max(abs(ltv_cumulative)) AS ltv
    FROM ltv_batch
    WHERE activity_id IN (SELECT activity_id FROM due_months)
    GROUP BY activity_id
),
staged AS (
    SELECT activity_id, sum(abs(revenue)) AS revenue
    FROM member_months
    GROUP BY activity_id
)
SELECT staged.activity_id, CAST(staged.revenue + coalesce(written.ltv, 0) AS VARCHAR) AS revenue
FROM staged
LEFT JOIN written ON written.activity_id = staged.activity_id
WHERE staged.revenue + coalesce(written.ltv, 0) > 9999999999999999.99
ORDER BY staged.activity_id;
