-- what: the first records that the file holds already
-- grain: one row a record, at most five
-- parameters: none
-- reads: import_records
SELECT key
FROM import_records
WHERE is_described
ORDER BY length(key), key
LIMIT 5;
