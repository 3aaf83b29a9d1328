-- what: takes the lines out that cannot be used
-- grain: one row a line
-- parameters: none
-- reads: import_lines
DELETE FROM import_lines
WHERE problem IS NOT NULL;
