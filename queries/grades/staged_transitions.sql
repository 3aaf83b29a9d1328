-- what: how many customers go from grade to grade in the staged update
-- grain: one row a pair of grades
-- parameters: none
SELECT from_grade, to_grade, count(*) AS customers
FROM grade_update
GROUP BY from_grade, to_grade
ORDER BY from_grade, to_grade;
