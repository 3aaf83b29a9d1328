-- what: gives the orders that replace others the numbers of those
-- grain: one row a line
-- parameters: none
-- reads: import_lines, import_replaced
UPDATE import_lines
SET order_number = import_replaced.order_id
FROM import_replaced
WHERE import_replaced.external_id = import_lines.order_text;
