-- what: the new orders as rows of the file, and those that they are sorted among
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP VIEW import_to_write AS
SELECT
    import_orders.line,
    import_orders.order_number AS order_id,
    -- '' says that the shop has no id for it; NULL, that the number is the shop's own
    CASE
        WHEN import_orders.order_text IS NOT NULL THEN import_orders.order_text
        WHEN import_orders.order_number IS NULL THEN ''
    END AS external_id,
    import_customers.user_id,
    import_products.product_id,
    import_activities.activity_id,
    import_orders.quantity,
    import_orders.unit_price,
    import_orders.amount,
    import_order_status(import_orders.status, import_orders.amount) AS status,
    import_orders.created_at
FROM import_orders
JOIN import_customers ON import_customers.customer = import_orders.customer
LEFT JOIN import_products ON import_products.product = import_orders.product
LEFT JOIN import_activities ON import_activities.activity = import_orders.activity
UNION ALL
SELECT
    NULL AS line,
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM import_tail;
