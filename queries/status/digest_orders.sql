-- what: the text of every row of orders for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(order_id AS VARCHAR), '-'),
    coalesce('=' || CAST(external_id AS VARCHAR), '-'),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(product_id AS VARCHAR), '-'),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(quantity AS VARCHAR), '-'),
    coalesce('=' || CAST(unit_price AS VARCHAR), '-'),
    coalesce('=' || CAST(amount AS VARCHAR), '-'),
    coalesce('=' || CAST(status AS VARCHAR), '-'),
    coalesce('=' || CAST(created_at AS VARCHAR), '-')
) AS row_text
FROM orders
ORDER BY order_id;
