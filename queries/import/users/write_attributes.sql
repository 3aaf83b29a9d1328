-- what: writes the kept columns of the customers; empty values get no row
-- grain: one row per customer and attribute
-- parameters: none
-- reads: import_records, import_lines
INSERT INTO user_attributes (user_id, name, value)
SELECT user_id, entry.key AS name, entry.value AS value
FROM (
    SELECT records.number AS user_id, unnest(map_entries(lines.attributes)) AS entry
    FROM import_records AS records
    JOIN import_lines AS lines ON lines.rowid = records.record
)
WHERE entry.value IS NOT NULL
ORDER BY user_id, name;
