-- what: the definitions of user-defined views with these names
-- grain: one row per view
-- parameters: names, a JSON array of names in lower case
SELECT sql
FROM duckdb_views()
WHERE NOT internal
    AND lower(view_name) IN (SELECT unnest(CAST(CAST($names AS JSON) AS VARCHAR[])))
ORDER BY ALL;
