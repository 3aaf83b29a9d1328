-- what: all changes of a customer's grade, with the figures that caused them
-- grain: one row per change
-- parameters: user_id
SELECT as_of, from_grade, to_grade, amount, orders
FROM grade_changes
WHERE user_id = $user_id
ORDER BY run_id;
