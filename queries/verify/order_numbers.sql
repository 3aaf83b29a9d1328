-- what: the number of orders, and the least and the greatest of their numbers
-- grain: one row
-- parameters: none
SELECT count(*) AS orders, min(order_id) AS first, max(order_id) AS last
FROM orders;
