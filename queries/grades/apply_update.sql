-- what: gives the staged customers their new grade
-- grain: one row per changed customer
-- parameters: none
UPDATE users
SET grade = grade_update.to_grade
FROM grade_update
WHERE grade_update.user_id = users.user_id;
