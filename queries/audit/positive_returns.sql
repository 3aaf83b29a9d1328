-- what: returns with an amount above zero
-- grain: one row per violating row of orders
-- parameters: none
SELECT activity_id, NULL AS month_offset, 'order ' || order_id || ' gives back ' || amount AS found
FROM orders
WHERE amount > 0
  AND status = 'Returned'
ORDER BY order_id;
