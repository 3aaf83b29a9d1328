-- what: the staged new grades
-- grain: one row per changed customer
-- parameters: none
SELECT user_id, to_grade
FROM grade_update
ORDER BY user_id;
