-- what: one fact about the file
-- grain: one row, or none
-- parameters: key
SELECT value
FROM meta
WHERE key = $key;
