-- what: the orders, of several lines or of one line each
-- grain: one row per order
-- parameters: none
-- reads: import_lines, import_merged
-- makes: import_orders
CREATE OR REPLACE TEMP VIEW import_orders AS
SELECT
    rowid AS record, order_text, order_number, customer_number, customer_text, product, activity, quantity,
    import_unit_price(unit_price, amount, quantity) AS unit_price,
    amount, status, created_at
FROM import_lines
WHERE (SELECT count(*) = 0 FROM import_merged)
UNION ALL
SELECT
    record, order_text, order_number, customer_number, customer_text, product, activity, quantity, unit_price,
    amount, status, created_at
FROM import_merged;
