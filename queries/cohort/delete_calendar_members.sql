-- what: deletes the members of the calendar's cohorts
-- grain: one row per activity and member
-- parameters: none
DELETE FROM cohort_members
WHERE activity_id IN (SELECT activity_id FROM calendar_activities);
