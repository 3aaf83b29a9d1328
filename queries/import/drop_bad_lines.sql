-- what: removes the unusable lines
-- grain: one row per line
-- parameters: none
-- reads: import_lines
DELETE FROM import_lines
WHERE problem IS NOT NULL;
