-- what: the columns of a table of the file or a temporary one
-- grain: one row per column, in the table's order
-- parameters: table_name
SELECT column_name, data_type, is_nullable
FROM duckdb_columns()
WHERE table_name = $table_name
  AND NOT internal
ORDER BY column_index;
