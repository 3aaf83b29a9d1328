-- what: the grade of customers at an instant, where it differs from their current one
-- grain: one row per customer with a later change
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE grades_then AS
SELECT user_id, arg_min(from_grade, run_id) AS grade
FROM grade_changes
WHERE as_of > $as_of
GROUP BY user_id;
