-- what: how many of the records the file does not know, knows by their names alone, and knows
-- grain: one row
-- parameters: none
-- reads: import_records
SELECT
    count(*) FILTER (WHERE NOT is_known) AS created,
    count(*) FILTER (WHERE is_known AND NOT is_described) AS filled,
    count(*) FILTER (WHERE is_described) AS described
FROM import_records;
