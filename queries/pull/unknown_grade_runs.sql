-- what: grade updates of the lake that lie before the file's last one and are not in it
-- grain: one row
-- parameters: none
SELECT count(*) AS runs
FROM lake_grade_runs AS lake
WHERE lake.as_of <= (SELECT max(as_of) FROM grade_runs)
  AND NOT EXISTS (
      SELECT 1
      FROM grade_runs AS known
      WHERE known.as_of = lake.as_of
        AND known.customers = lake.customers
        AND known.promoted = lake.promoted
        AND known.demoted = lake.demoted
  );
