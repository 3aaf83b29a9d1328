-- what: the first lines as understood
-- grain: one row per line, at most five
-- parameters: lines_are_orders (no order has several lines, which would add up)
-- reads: import_lines
SELECT
    import_id(order_number, order_text) AS order_id,
    import_id(customer_number, customer_text) AS customer,
    created_at,
    amount,
    quantity,
    CAST(CASE WHEN $lines_are_orders THEN import_order_status(status, amount) ELSE status END AS VARCHAR) AS status,
    product,
    activity,
    unit_price
FROM import_lines
ORDER BY record
LIMIT 5;
