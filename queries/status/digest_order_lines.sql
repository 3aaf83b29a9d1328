-- what: the text of every row of order_lines for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(order_id AS VARCHAR), '-'),
    coalesce('=' || CAST(line AS VARCHAR), '-'),
    coalesce('=' || CAST(product_id AS VARCHAR), '-'),
    coalesce('=' || CAST(quantity AS VARCHAR), '-'),
    coalesce('=' || CAST(amount AS VARCHAR), '-')
) AS row_text
FROM order_lines
ORDER BY order_id, line;
