-- what: when the orders were made, how many count, and their revenue less what was given back
-- grain: one row
-- parameters: none
SELECT
    min(created_at) AS first_order_at,
    max(created_at) AS last_order_at,
    count(*) FILTER (WHERE status = 'Success') AS counted_orders,
    sum(amount) FILTER (WHERE status IN ('Success', 'Returned')) AS revenue
FROM orders;
