-- what: the grade at an instant of customers whose grade has changed since
-- grain: one row per customer with a later change
-- parameters: at
SELECT user_id, arg_min(from_grade, run_id) AS grade
FROM grade_changes
WHERE as_of > $at
GROUP BY user_id
ORDER BY user_id;
