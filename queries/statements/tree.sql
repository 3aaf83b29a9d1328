-- what: the tree that the engine's parser makes of a text of SELECTs; an error in its place for any other statement
-- grain: one row, a JSON object
-- parameters: text
SELECT CAST(json_serialize_sql(CAST($text AS VARCHAR)) AS VARCHAR) AS tree;
