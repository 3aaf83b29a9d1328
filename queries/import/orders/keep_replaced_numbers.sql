-- what: gives replacing orders the numbers of the replaced ones
-- grain: one row per line
-- parameters: none
-- reads: import_lines, import_replaced
UPDATE import_lines
SET order_number = import_replaced.order_id
FROM import_replaced
WHERE import_replaced.external_id = import_lines.order_text;
