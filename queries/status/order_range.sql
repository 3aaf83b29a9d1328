-- what: when the orders were made, and what the counted ones sum to
-- grain: one row
-- parameters: none
SELECT
    min(created_at) AS first_order_at,
    max(created_at) AS last_order_at,
    count(*) FILTER (WHERE status = 'Success') AS counted_orders,
    sum(amount) FILTER (WHERE status = 'Success') AS revenue
FROM orders;
