-- what: deletes the members of the staged windows, to derive them again
-- grain: one row an activity and member
-- parameters: none
DELETE FROM cohort_members
WHERE activity_id IN (SELECT activity_id FROM closed_windows);
