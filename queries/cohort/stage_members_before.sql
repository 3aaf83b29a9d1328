-- what: the members of the staged windows before refreezing
-- grain: one row per activity and member
-- parameters: none
CREATE OR REPLACE TEMP TABLE members_before AS
SELECT activity_id, user_id
FROM cohort_members
WHERE activity_id IN (SELECT activity_id FROM closed_windows);
