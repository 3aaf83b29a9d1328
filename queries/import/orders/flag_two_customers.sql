-- what: flags the lines of orders with two customers
-- grain: one row per line
-- parameters: none
-- reads: import_lines
UPDATE import_lines
SET problem = 'two customers under one order id', example = import_id(order_number, order_text)
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_lines
      WHERE problem IS NULL
      GROUP BY order_number, order_text
      HAVING min(customer_number) <> max(customer_number)
          OR min(customer_text) <> max(customer_text)
          OR count(customer_number) BETWEEN 1 AND count(*) - 1
  );
