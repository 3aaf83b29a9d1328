-- what: deletes one fact about the file
-- grain: one row, or none
-- parameters: key
DELETE FROM meta
WHERE key = $key;
