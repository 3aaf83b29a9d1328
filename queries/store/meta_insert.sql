-- what: records a fact about the file that was not recorded before
-- grain: one row
-- parameters: key, value
INSERT INTO meta (key, value)
VALUES ($key, $value);
