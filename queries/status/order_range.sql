-- what: the range of the orders, the number of qualifying ones, and their revenue net of returns
-- grain: one row
-- parameters: none
SELECT
    min(created_at) AS first_order_at,
    max(created_at) AS last_order_at,
    count(*) FILTER (WHERE status = 'Success') AS counted_orders,
    sum(amount) FILTER (WHERE status IN ('Success', 'Returned')) AS revenue
FROM orders;
