-- what: deletes the members of the staged windows, to determine them again
-- grain: one row per activity and member
-- parameters: none
DELETE FROM cohort_members
WHERE activity_id IN (SELECT activity_id FROM closed_windows);
