-- what: marks the lines that share their key with another one: which of them holds, nobody knows
-- grain: one row a line
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
