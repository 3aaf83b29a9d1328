-- what: the orders, where every line is one
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP VIEW import_orders AS
SELECT
    rowid AS line,
    order_text,
    order_number,
    customer_number,
    customer_text,
    product,
    activity,
    quantity,
    import_unit_price(unit_price, amount, quantity) AS unit_price,
    amount,
    status,
    created_at
FROM import_lines;
