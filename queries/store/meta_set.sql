-- what: records one fact about the file
-- grain: one row
-- parameters: key, value
INSERT OR REPLACE INTO meta (key, value)
VALUES ($key, $value);
