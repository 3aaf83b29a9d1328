-- what: marks the other lines of an order that has a line which cannot be used: half an order is none
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'its order has a bad line', example = 'order ' || import_id(order_number, order_text)
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_lines
      WHERE problem IS NOT NULL
  );
