-- what: flags the lines of orders with a negative amount
-- grain: one row per line
-- parameters: problem (what to call it); merged (whether several lines make an order); any_status (whether
--     others than those that are Success are marked)
-- reads: import_lines, import_merged
UPDATE import_lines
SET problem = $problem, example = coalesce('order ' || import_id(order_number, order_text), CAST(amount AS VARCHAR))
WHERE problem IS NULL
  AND CASE
      WHEN $merged THEN import_id(order_number, order_text) IN (
          SELECT import_id(order_number, order_text)
          FROM import_merged
          WHERE amount < 0
            AND ($any_status OR status = 'Success')
      )
      ELSE amount < 0 AND ($any_status OR status = 'Success')
  END;
