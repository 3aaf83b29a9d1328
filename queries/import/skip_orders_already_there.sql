-- what: takes the lines out whose orders the file holds already
-- grain: one row a line
-- parameters: none
DELETE FROM import_lines
WHERE problem IS NULL
  AND order_text IN (SELECT external_id FROM orders);
