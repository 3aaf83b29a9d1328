-- what: the first lines as understood
-- grain: one row per line, at most five
-- parameters: none
-- reads: import_lines
SELECT id, name, category, price
FROM import_lines
ORDER BY rowid
LIMIT 5;
