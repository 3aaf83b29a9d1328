-- what: writes the articles of the orders
-- grain: one row per line of an order
-- parameters: none
-- reads: import_lines, import_products
INSERT INTO order_lines (order_id, line, product_id, quantity, amount)
WITH articles AS (
    SELECT
        coalesce(import_lines.order_number, named.order_id) AS order_id,
        import_lines.rowid AS record,
        import_products.product_id,
        import_lines.quantity,
        import_lines.amount,
        import_lines.status = 'Success' OR import_lines.amount < 0 AS is_success,
        bool_or(import_lines.status = 'Success') OVER (
            PARTITION BY import_lines.order_number, import_lines.order_text
        ) AS of_success
    FROM import_lines
    LEFT JOIN orders AS named ON named.external_id = import_lines.order_text
    LEFT JOIN import_products ON import_products.product = import_lines.product
)
SELECT
    order_id,
    row_number() OVER (PARTITION BY order_id ORDER BY record) AS line,
    product_id,
    quantity,
    amount
FROM articles
WHERE is_success OR NOT of_success
ORDER BY order_id, line;
