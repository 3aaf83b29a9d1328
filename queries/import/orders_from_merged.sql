-- what: the orders, where several lines make one
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP VIEW import_orders AS
SELECT
    line, order_text, order_number, customer_number, customer_text, product, activity, quantity, unit_price, amount, status, created_at
FROM import_merged;
