-- what: marks the other lines of an order that has a line which cannot be used: half an order is none
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'its order has a bad line', example = 'order ' || order_text
WHERE problem IS NULL
  AND order_text IN (SELECT order_text FROM import_lines WHERE problem IS NOT NULL AND order_text IS NOT NULL);
