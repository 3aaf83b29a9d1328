-- what: changes one fact about the file
-- grain: one row, or none if it was not recorded before
-- parameters: key, value
UPDATE meta
SET value = $value
WHERE key = $key;
