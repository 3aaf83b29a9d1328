-- what: marks the lines of the orders of a negative amount, where several lines make an order
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'negative amount', example = 'order ' || import_id(order_number, order_text)
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_merged
      WHERE amount < 0
  );
