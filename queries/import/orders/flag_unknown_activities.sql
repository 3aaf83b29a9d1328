-- what: flags the lines with unknown activities
-- grain: one row per line
-- parameters: none
-- reads: import_lines, import_activities
UPDATE import_lines
SET problem = 'unknown activity', example = activity
WHERE problem IS NULL
  AND activity IN (SELECT activity FROM import_activities WHERE activity_id IS NULL);
