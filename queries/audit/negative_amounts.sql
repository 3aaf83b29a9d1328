-- what: qualifying orders with a negative amount
-- grain: one row per violating order
-- parameters: none
SELECT activity_id, NULL AS month_offset, 'order ' || order_id || ' of ' || amount AS found
FROM orders
WHERE amount < 0
  AND status = 'Success'
ORDER BY order_id;
