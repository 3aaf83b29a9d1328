-- what: the new orders as rows of the file, and the existing ones they are sorted among
-- grain: one row per order
-- parameters: none
-- reads: import_owned, import_products, import_activities, import_tail
-- makes: import_to_write
CREATE OR REPLACE TEMP VIEW import_to_write AS
SELECT
    import_owned.record,
    import_owned.order_number AS order_id,
    import_owned.order_text AS external_id,
    import_owned.user_id,
    import_products.product_id,
    import_activities.activity_id,
    import_owned.quantity,
    import_owned.unit_price,
    import_owned.amount,
    import_order_status(import_owned.status, import_owned.amount) AS status,
    import_owned.created_at
FROM import_owned
LEFT JOIN import_products ON import_products.product = import_owned.product
LEFT JOIN import_activities ON import_activities.activity = import_owned.activity
UNION ALL
SELECT
    NULL AS record,
    order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM import_tail;
