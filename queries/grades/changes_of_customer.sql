-- what: every change of a customer's grade, with what caused it
-- grain: one row a change
-- parameters: user_id
SELECT as_of, from_grade, to_grade, amount, orders
FROM grade_changes
WHERE user_id = $user_id
ORDER BY run_id;
