-- what: removes the records that exist already
-- grain: one row per record
-- parameters: none
-- reads: import_records
DELETE FROM import_records
WHERE is_described;
