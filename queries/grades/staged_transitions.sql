-- what: the number of customers by grade before and after the staged update
-- grain: one row per pair of grades
-- parameters: none
SELECT from_grade, to_grade, count(*) AS customers
FROM grade_update
GROUP BY from_grade, to_grade
ORDER BY from_grade, to_grade;
