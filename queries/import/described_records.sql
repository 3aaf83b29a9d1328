-- what: the first records that exist already
-- grain: one row per record, at most five
-- parameters: none
-- reads: import_records
SELECT key
FROM import_records
WHERE is_described
ORDER BY length(key), key
LIMIT 5;
