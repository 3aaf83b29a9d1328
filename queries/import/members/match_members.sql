-- what: the members of the lines, with the existing ones
-- grain: one row per member
-- parameters: none
-- reads: import_lines
-- makes: import_members
CREATE OR REPLACE TEMP TABLE import_members AS
SELECT lines.activity_id, lines.user_id, listed.user_id IS NOT NULL AS is_known
FROM import_lines AS lines
LEFT JOIN listed_customers AS listed
  ON listed.activity_id = lines.activity_id AND listed.user_id = lines.user_id
WHERE lines.problem IS NULL;
