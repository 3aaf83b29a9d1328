-- what: remembers in which month a member became a repeat customer
-- grain: one row a member who did so in a due month
-- parameters: none
UPDATE cohort_members
SET repeat_offset = newly.month_offset
FROM (
    SELECT activity_id, user_id, min(month_offset) AS month_offset
    FROM member_months
    WHERE repeats
    GROUP BY activity_id, user_id
) AS newly
WHERE newly.user_id = cohort_members.user_id
  AND newly.activity_id = cohort_members.activity_id;
