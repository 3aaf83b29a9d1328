-- what: the first lines as understood
-- grain: one row per line, at most five
-- parameters: lines_are_orders (no order has several lines, which would add up)
-- reads: import_lines
SELECT
    import_id(order_number, order_text) AS order_id,
    import_id(customer_number, customer_text) AS customer,
    import_shown(created_at) AS created_at,
    amount,
    CASE WHEN problem IS DISTINCT FROM 'unreadable quantity' THEN quantity END AS quantity,
    CASE
        WHEN problem IS NOT DISTINCT FROM 'unknown status' THEN NULL
        WHEN $lines_are_orders THEN CAST(import_order_status(status, amount) AS VARCHAR)
        ELSE CAST(status AS VARCHAR)
    END AS status,
    product,
    activity,
    unit_price
FROM import_lines
ORDER BY rowid
LIMIT 5;
