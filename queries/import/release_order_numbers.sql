-- what: takes the number from orders that cannot have it: another order of the file has it, or a shorter text names it
-- grain: one row a line
-- parameters: none
UPDATE import_lines
SET order_number = NULL
WHERE order_number IS NOT NULL
  AND order_text IN (
      SELECT order_text
      FROM (
          SELECT
              order_text,
              order_number,
              row_number() OVER (PARTITION BY order_number ORDER BY length(order_text), order_text) AS claim
          FROM (SELECT DISTINCT order_number, order_text FROM import_lines WHERE order_number IS NOT NULL)
      ) AS claims
      WHERE claim > 1
         OR order_number IN (SELECT order_id FROM orders)
  );
