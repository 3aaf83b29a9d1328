-- what: marks the lines of activities that the file does not know
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'unknown activity', example = CAST(activity_id AS VARCHAR)
WHERE problem IS NULL
  AND activity_id IS NOT NULL
  AND NOT EXISTS (
      SELECT 1
      FROM campaign_activities
      WHERE campaign_activities.activity_id = import_lines.activity_id
  );
