-- what: whether the file's grades were ever updated, and how many existing customers have a different grade in the lines
-- grain: one row
-- parameters: none
-- reads: import_sign_ups, import_lines
SELECT (SELECT count(*) > 0 FROM grade_runs) AS has_graded, count(*) AS other_grades
FROM import_sign_ups AS signed
JOIN import_lines ON import_lines.rowid = signed.record
JOIN users ON users.user_id = signed.user_id
WHERE signed.is_known
  AND import_lines.grade <> users.grade;
