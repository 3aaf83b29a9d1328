-- what: removes the orders with unusable lines
-- grain: one row per order
-- parameters: none
-- reads: import_lines, import_merged
DELETE FROM import_merged
WHERE import_id(order_number, order_text) NOT IN (
    SELECT import_id(order_number, order_text)
    FROM import_lines
    WHERE import_id(order_number, order_text) IS NOT NULL
);
