-- what: the new orders with their customers
-- grain: one row per order
-- parameters: none
-- reads: import_orders, import_customers
-- makes: import_owned
-- A numeric id is nearly always the customer's number: only the exceptions are looked up, and customers known by a text.
-- Every customer of import_orders is in import_customers, which is made of the same lines.
CREATE OR REPLACE TEMP VIEW import_owned AS
SELECT
    import_orders.*,
    coalesce(renumbered.user_id, named.user_id, import_orders.customer_number) AS user_id
FROM import_orders
LEFT JOIN (
    SELECT customer_number, user_id FROM import_customers WHERE customer_number <> user_id
) AS renumbered ON renumbered.customer_number = import_orders.customer_number
LEFT JOIN (
    SELECT customer_text, user_id FROM import_customers WHERE customer_text IS NOT NULL
) AS named ON named.customer_text = import_orders.customer_text;
