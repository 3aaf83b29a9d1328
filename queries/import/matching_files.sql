-- what: the files that a pattern matches
-- grain: one row per file
-- parameters: pattern
SELECT file
FROM glob($pattern)
ORDER BY file;
