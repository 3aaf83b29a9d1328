-- what: all facts about the file; one without a value says nothing
-- grain: one row per fact
-- parameters: none
SELECT key, value
FROM meta
WHERE value IS NOT NULL;
