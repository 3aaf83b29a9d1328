-- what: how many records are new, known from orders only, and existing
-- grain: one row
-- parameters: none
-- reads: import_records
SELECT
    count(*) FILTER (WHERE NOT is_known) AS created,
    count(*) FILTER (WHERE is_known AND NOT is_described) AS filled,
    count(*) FILTER (WHERE is_described) AS described
FROM import_records;
