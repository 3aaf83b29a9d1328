-- what: order numbers that occur twice
-- grain: one row per number
-- parameters: none
SELECT NULL AS activity_id, NULL AS month_offset, 'order ' || order_id || ' ' || count(*) || ' times' AS found
FROM orders
GROUP BY order_id
HAVING count(*) > 1
ORDER BY order_id;
