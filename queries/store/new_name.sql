-- what: a name that no other file has
-- grain: one row
-- parameters: none
SELECT CAST(uuid() AS VARCHAR) AS name;
