-- what: the engine's catalog entries for functions with these names
-- grain: one row per function and kind; per definition for macros
-- parameters: names, a JSON array of names in lower case
SELECT DISTINCT
    lower(function_name) AS function_name,
    function_type,
    coalesce(has_side_effects, false) AS has_side_effects,
    macro_definition
FROM duckdb_functions()
WHERE function_type <> 'pragma'
    AND lower(function_name) IN (SELECT unnest(CAST(CAST($names AS JSON) AS VARCHAR[])))
ORDER BY ALL;
