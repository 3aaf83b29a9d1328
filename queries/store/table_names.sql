-- what: the tables of the file, to tell ours from another program's
-- grain: one row per table
-- parameters: none
SELECT table_name
FROM duckdb_tables()
WHERE NOT internal AND NOT temporary
ORDER BY table_name;
