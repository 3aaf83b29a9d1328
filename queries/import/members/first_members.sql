-- what: the first lines as they are understood
-- grain: one row a line, at most five
-- parameters: none
-- reads: import_lines
SELECT activity, customer
FROM import_lines
ORDER BY record
LIMIT 5;
