-- what: marks the lines of the orders of a negative amount, where several lines make an order
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET problem = 'negative amount', example = 'order ' || order_text
WHERE problem IS NULL
  AND order_text IN (SELECT order_text FROM import_merged WHERE amount < 0);
