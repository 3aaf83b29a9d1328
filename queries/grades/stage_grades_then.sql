-- what: the grade that customers held at an instant, where it is not the one they hold now
-- grain: one row a customer with a later change
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE grades_then AS
SELECT user_id, arg_min(from_grade, run_id) AS grade
FROM grade_changes
WHERE as_of > $as_of
GROUP BY user_id;
