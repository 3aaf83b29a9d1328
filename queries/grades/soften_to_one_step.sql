-- what: reduces staged demotions to one step
-- grain: one row per demoted customer
-- parameters: none
UPDATE grade_update
SET to_grade = CASE from_grade WHEN 'VIP' THEN 'GOLD' WHEN 'GOLD' THEN 'SILVER' ELSE 'BRONZE' END
WHERE to_grade < from_grade;
