-- what: staged demotions of more than a step become one of a step
-- grain: one row a demoted customer
-- parameters: none
UPDATE grade_update
SET to_grade = CASE from_grade WHEN 'VIP' THEN 'GOLD' WHEN 'GOLD' THEN 'SILVER' ELSE 'BRONZE' END
WHERE to_grade < from_grade;
