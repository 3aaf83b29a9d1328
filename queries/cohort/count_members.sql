-- what: how many members the staged windows have
-- grain: one row
-- parameters: none
SELECT count(*) AS members
FROM cohort_members
WHERE activity_id IN (SELECT activity_id FROM closed_windows);
