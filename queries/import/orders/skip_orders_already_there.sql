-- what: takes the lines out whose orders the file holds already
-- grain: one row a line
-- parameters: none
-- reads: import_lines, import_there
DELETE FROM import_lines
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_there
  );
