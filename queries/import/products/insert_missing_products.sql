-- what: inserts the new products
-- grain: one row per product
-- parameters: none
-- reads: import_records, import_lines
INSERT INTO products (product_id, external_id, name, category, price)
SELECT records.number, lines.id, coalesce(lines.name, lines.id), lines.category, lines.price
FROM import_records AS records
JOIN import_lines AS lines ON lines.rowid = records.record
WHERE NOT records.is_known
ORDER BY records.number;
