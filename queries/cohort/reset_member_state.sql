-- what: resets in which months the members of the activities to repair ordered
-- grain: one row per activity and member
-- parameters: none
UPDATE cohort_members
SET first_offset = NULL, repeat_offset = NULL
WHERE activity_id IN (SELECT activity_id FROM stale_activities)
  AND (first_offset IS NOT NULL OR repeat_offset IS NOT NULL);
