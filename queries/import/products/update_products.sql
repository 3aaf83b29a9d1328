-- what: updates existing products
-- grain: one row per product
-- parameters: category, price (whether the source gives them)
-- reads: import_records, import_lines
-- An empty value of a column that the source gives is unknown; an id and a name stay.
UPDATE products
SET
    -- 007 stays what orders call it, though the catalogue says 7.
    external_id = CASE
        WHEN import_number(products.external_id) = import_number(brought.id) THEN products.external_id
        ELSE coalesce(brought.id, products.external_id)
    END,
    name = coalesce(brought.name, products.name),
    category = CASE WHEN $category THEN brought.category ELSE products.category END,
    price = CASE WHEN $price THEN brought.price ELSE products.price END
FROM (
    SELECT records.number AS product_id, lines.id, lines.name, lines.category, lines.price
    FROM import_records AS records
    JOIN import_lines AS lines ON lines.rowid = records.record
    WHERE records.is_known
) AS brought
WHERE brought.product_id = products.product_id;
