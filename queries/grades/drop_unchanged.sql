-- what: removes staged customers who keep their grade after all
-- grain: one row per customer
-- parameters: none
DELETE FROM grade_update
WHERE to_grade = from_grade;
