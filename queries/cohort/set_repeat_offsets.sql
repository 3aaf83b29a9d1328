-- what: records the month in which a member became a repeat customer
-- grain: one row per member who did so in a due month
-- parameters: none
UPDATE cohort_members
SET repeat_offset = new_repeats.month_offset
FROM new_repeats
WHERE new_repeats.user_id = cohort_members.user_id
  AND new_repeats.activity_id = cohort_members.activity_id;
