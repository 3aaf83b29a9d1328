-- what: all facts about the file
-- grain: one row per fact
-- parameters: none
SELECT key, value
FROM meta;
