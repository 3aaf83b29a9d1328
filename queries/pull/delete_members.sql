-- what: the members of cohorts, to take the lake's
-- grain: one row per activity and member
-- parameters: none
DELETE FROM cohort_members;
