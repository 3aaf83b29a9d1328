-- what: facts about the orders to import and the existing orders
-- grain: one row
-- parameters: none
-- reads: import_orders, import_lines, import_replaced
SELECT
    count(*) AS orders,
    coalesce(sum(amount) FILTER (WHERE import_order_status(status, amount) IN ('Success', 'Returned')), 0) AS revenue,
    count(*) FILTER (WHERE amount < 0 AND status = 'Success') AS negative,
    min(created_at) AS first_at,
    max(created_at) AS last_at,
    count(*) - count(order_number) AS to_number,
    greatest(
        coalesce(max(order_number), 0),
        (SELECT coalesce(max(order_id), 0) FROM orders)
    ) AS last_order_id,
    (SELECT max(created_at) FROM orders) AS known_last_at,
    (SELECT min(created_at) FROM import_replaced) AS replaced_first_at,
    (SELECT count(*) FROM import_replaced) AS replaced,
    (SELECT count(*) FROM import_lines) - count(*) AS lines_merged,
    coalesce(sum(abs(amount)), 0) + (SELECT coalesce(sum(abs(amount)), 0) FROM orders)
        - (SELECT coalesce(sum(abs(amount)), 0) FROM import_replaced) > 9999999999999999.99 AS is_too_much
FROM import_orders;
