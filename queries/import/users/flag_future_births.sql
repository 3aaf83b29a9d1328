-- what: flags customers born after the latest date in the file
-- grain: one row per line
-- parameters: clock (the file's, as it is or is asked for; NULL where there is none)
-- reads: import_lines
UPDATE import_lines
SET problem = 'impossible birth date', example = CAST(birth_date AS VARCHAR)
WHERE problem IS NULL
  AND birth_date > (
      SELECT greatest(CAST($clock AS TIMESTAMP), max(signed_up_at))
      FROM import_lines
      WHERE problem IS NULL
  );
