-- what: keeps the existing orders whose new lines are unusable
-- grain: one row per order
-- parameters: none
-- reads: import_lines, import_replaced
DELETE FROM import_replaced
WHERE order_id NOT IN (SELECT order_number FROM import_lines WHERE order_number IS NOT NULL);
