-- what: how many customers went from grade to grade between two instants, of all or of the segment
-- grain: one row per pair of grades; from_grade NULL: signed up in between
-- parameters: of_segment
-- reads: grade_moves, segment_customers
SELECT from_grade, to_grade, count(*) AS customers
FROM grade_moves
WHERE NOT $of_segment OR user_id IN (SELECT user_id FROM segment_customers)
GROUP BY from_grade, to_grade
ORDER BY from_grade, to_grade;
