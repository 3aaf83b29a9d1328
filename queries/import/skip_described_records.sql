-- what: takes the records out that the file holds already
-- grain: one row a record
-- parameters: none
DELETE FROM import_records
WHERE is_described;
