-- what: flags the other lines of an order with an unusable line
-- grain: one row per line
-- parameters: delimiter, column (where the texts of lines that are no records hold the order id; '' and 0: nowhere)
-- reads: import_lines, import_malformed
UPDATE import_lines
SET problem = 'its order has an unusable line', example = 'order ' || import_id(order_number, order_text)
WHERE problem IS NULL
  AND import_id(order_number, order_text) IN (
      SELECT import_id(order_number, order_text)
      FROM import_lines
      WHERE problem IS NOT NULL
      UNION ALL
      SELECT trim(string_split(text, $delimiter)[$column], ' "')
      FROM import_malformed
      WHERE $column > 0
  );
