-- what: records the staged changes
-- grain: one row per changed customer
-- parameters: as_of, run_id
INSERT INTO grade_changes (as_of, user_id, from_grade, to_grade, amount, orders, run_id)
SELECT $as_of, user_id, from_grade, to_grade, amount, orders, $run_id
FROM grade_update
ORDER BY user_id;
