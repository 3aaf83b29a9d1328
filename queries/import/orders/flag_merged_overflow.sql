-- what: flags the lines of orders whose sums are too large
-- grain: one row per line
-- parameters: none
-- reads: import_merged, import_lines
UPDATE import_lines
SET
    problem = CASE WHEN too_large.amount IS NULL THEN 'amount too large' ELSE 'quantity too large' END,
    example = 'order ' || too_large.order_id
FROM (
    SELECT import_id(order_number, order_text) AS order_id, amount
    FROM import_merged
    WHERE amount IS NULL OR quantity IS NULL
) AS too_large
WHERE too_large.order_id = import_id(import_lines.order_number, import_lines.order_text)
  AND import_lines.problem IS NULL;
