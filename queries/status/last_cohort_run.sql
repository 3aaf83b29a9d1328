-- what: the as-of of the last cohort batch that wrote rows
-- grain: one row
-- parameters: none
SELECT max(collected_at) AS collected_at
FROM ltv_batch;
