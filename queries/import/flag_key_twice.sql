-- what: flags contradictory lines with the same key
-- grain: one row per line
-- parameters: problem (what to call it)
-- reads: import_lines
UPDATE import_lines
SET problem = $problem, example = key
WHERE problem IS NULL
  AND key IN (
      SELECT key
      FROM import_lines
      WHERE problem IS NULL
      GROUP BY key
      HAVING count(*) > 1
  );
