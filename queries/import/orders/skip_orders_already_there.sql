-- what: removes the lines of orders that exist already
-- grain: one row per line
-- parameters: none
-- reads: import_lines, import_there
DELETE FROM import_lines
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_there
  );
