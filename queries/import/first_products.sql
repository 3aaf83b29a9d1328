-- what: the first lines as they are understood
-- grain: one row a line, at most five
-- parameters: none
SELECT id, name, category, price
FROM import_lines
ORDER BY rowid
LIMIT 5;
