-- what: how many members refreezing added and removed
-- grain: one row
-- parameters: none
SELECT
    count(*) FILTER (WHERE before.user_id IS NULL) AS joined,
    count(*) FILTER (WHERE after.user_id IS NULL) AS departed
FROM members_before AS before
FULL JOIN (
    SELECT activity_id, user_id
    FROM cohort_members
    WHERE activity_id IN (SELECT activity_id FROM closed_windows)
) AS after
  ON after.user_id = before.user_id AND after.activity_id = before.activity_id;
