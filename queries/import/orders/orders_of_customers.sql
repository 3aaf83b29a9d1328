-- what: the new orders with their customers
-- grain: one row per order
-- parameters: none
-- reads: import_orders, import_customers
-- makes: import_owned
-- Nearly always one of the two is empty; numbers join faster than texts.
CREATE OR REPLACE TEMP VIEW import_owned AS
SELECT
    import_orders.*,
    coalesce(numbered.user_id, named.user_id) AS user_id
FROM import_orders
LEFT JOIN import_customers AS numbered ON numbered.customer_number = import_orders.customer_number
LEFT JOIN import_customers AS named ON named.customer_text = import_orders.customer_text;
