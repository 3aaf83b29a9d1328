-- what: how many known customers have another grade than the lines say
-- grain: one row
-- parameters: none
SELECT count(*)
FROM import_sign_ups AS signed
JOIN import_lines ON import_lines.rowid = signed.line
JOIN users ON users.user_id = signed.user_id
WHERE signed.is_known
  AND import_lines.grade <> users.grade;
