-- what: takes the records out that the file holds already
-- grain: one row a record
-- parameters: none
-- reads: import_records
DELETE FROM import_records
WHERE is_described;
