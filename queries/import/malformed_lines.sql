-- what: the malformed lines set aside by the reader
-- grain: one row per line; nth counts a file's from 0
-- parameters: several_files (a line of the only file needs no file)
-- reads: import_rejects, import_reject_scans
-- makes: import_malformed
CREATE OR REPLACE TEMP TABLE import_malformed AS
WITH found AS (
    SELECT
        CASE WHEN $several_files THEN scans.file_path END AS file,
        rejects.line,
        min(rejects.csv_line) AS text,
        CASE
            WHEN bool_or(rejects.error_type IN ('UNQUOTED VALUE', 'INVALID STATE')) THEN 'broken quotes'
            WHEN bool_or(rejects.error_type = 'INVALID ENCODING') THEN 'not UTF-8'
            WHEN bool_or(rejects.error_type = 'LINE SIZE OVER MAXIMUM') THEN 'line too long'
            ELSE 'wrong number of columns'
        END AS problem
    FROM import_rejects AS rejects
    JOIN import_reject_scans AS scans
      ON scans.scan_id = rejects.scan_id AND scans.file_id = rejects.file_id
    GROUP BY scans.file_path, rejects.line
)
SELECT
    file,
    CAST(line AS BIGINT) AS line,
    text,
    problem,
    row_number() OVER (PARTITION BY file ORDER BY line) - 1 AS nth
FROM found;
