-- what: the parse tree of SELECT statements; an error for any other statement
-- grain: one row, a JSON object
-- parameters: text
SELECT CAST(json_serialize_sql(CAST($text AS VARCHAR)) AS VARCHAR) AS tree;
