-- what: takes the orders out whose lines cannot be used
-- grain: one row an order
-- parameters: none
DELETE FROM import_merged
WHERE order_text NOT IN (SELECT order_text FROM import_lines WHERE order_text IS NOT NULL);
