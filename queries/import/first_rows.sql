-- what: the first lines as they are understood
-- grain: one row a line, at most five
-- parameters: none
SELECT
    import_id(order_number, order_text) AS order_id,
    import_id(customer_number, customer_text) AS customer,
    created_at, amount, quantity, CAST(import_order_status(status, amount) AS VARCHAR), product, activity, unit_price
FROM import_lines
ORDER BY rowid
LIMIT 5;
