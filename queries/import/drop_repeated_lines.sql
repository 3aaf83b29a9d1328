-- what: removes repeated lines, keeping the first of each
-- grain: one row per line
-- parameters: none
-- reads: import_lines
DELETE FROM import_lines
WHERE problem IS NULL
  AND key IN (SELECT key FROM import_lines WHERE problem IS NULL GROUP BY key HAVING count(*) > 1)
  AND rowid NOT IN (
      SELECT record
      FROM (
          SELECT min(rowid) AS record, COLUMNS(* EXCLUDE (file))
          FROM import_lines
          WHERE problem IS NULL
          GROUP BY ALL
      )
  );
