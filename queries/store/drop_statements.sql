-- what: the statements that drop everything in the file, dependents first
-- grain: one row per object
-- parameters: none
SELECT 'DROP ' || kind || ' IF EXISTS ' || name || CASE WHEN kind LIKE 'MACRO%' THEN '' ELSE ' CASCADE' END AS statement
FROM (
    SELECT 1 AS step, 'SCHEMA' AS kind, format('"{}"', replace(schema_name, '"', '""')) AS name
    FROM duckdb_schemas()
    WHERE NOT internal AND database_name = current_database() AND schema_name <> 'main'
    UNION ALL
    SELECT 2, 'VIEW', format('"{}"', replace(view_name, '"', '""'))
    FROM duckdb_views()
    WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'
    UNION ALL
    SELECT 3, 'TABLE', format('"{}"', replace(table_name, '"', '""'))
    FROM duckdb_tables()
    WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'
    UNION ALL
    SELECT DISTINCT 4, CASE function_type WHEN 'table_macro' THEN 'MACRO TABLE' ELSE 'MACRO' END,
        format('"{}"', replace(function_name, '"', '""'))
    FROM duckdb_functions()
    WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'
    UNION ALL
    SELECT 5, 'TYPE', format('"{}"', replace(type_name, '"', '""'))
    FROM duckdb_types()
    WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'
    UNION ALL
    SELECT 6, 'SEQUENCE', format('"{}"', replace(sequence_name, '"', '""'))
    FROM duckdb_sequences()
    WHERE database_name = current_database() AND schema_name = 'main'
)
ORDER BY step, name;
