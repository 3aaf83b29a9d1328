-- what: the as-of of the file's newest cohort rows
-- grain: one row
-- parameters: none
SELECT max(collected_at) AS as_of
FROM ltv_batch;
