-- what: the files that a pattern matches
-- grain: one row a file
-- parameters: pattern
SELECT file
FROM glob($pattern)
ORDER BY file;
