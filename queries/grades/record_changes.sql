-- what: records the staged changes
-- grain: one row a changed customer
-- parameters: as_of
INSERT INTO grade_changes (as_of, user_id, from_grade, to_grade, amount, orders)
SELECT $as_of, user_id, from_grade, to_grade, amount, orders
FROM grade_update
ORDER BY user_id;
