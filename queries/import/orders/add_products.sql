-- what: inserts the new products
-- grain: one row per product
-- parameters: none
-- reads: import_products
INSERT INTO products (product_id, external_id, name)
SELECT product_id, product, product
FROM import_products
WHERE NOT is_known
ORDER BY product_id;
