-- what: the staged new grades
-- grain: one row a changed customer
-- parameters: none
SELECT user_id, to_grade
FROM grade_update
ORDER BY user_id;
