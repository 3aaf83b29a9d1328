-- what: the text of every row of products for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(product_id AS VARCHAR), '-'),
    coalesce('=' || CAST(name AS VARCHAR), '-'),
    coalesce('=' || CAST(category AS VARCHAR), '-'),
    coalesce('=' || CAST(price AS VARCHAR), '-'),
    coalesce('=' || external_id, '-')
) AS row_text
FROM products
ORDER BY product_id;
