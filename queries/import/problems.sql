-- what: why lines are unusable, and where the first of each reason are
-- grain: one row per reason and line, at most five lines a reason
-- parameters: none
-- reads: import_bad
WITH bad AS (
    SELECT
        problem,
        count(*) OVER (PARTITION BY problem) AS lines,
        row_number() OVER (PARTITION BY problem ORDER BY file, line, example) AS nth,
        file,
        line,
        example
    FROM import_bad
)
SELECT problem, lines, file, line, example
FROM bad
WHERE nth <= 5
ORDER BY lines DESC, problem, nth;
