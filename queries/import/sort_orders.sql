-- what: the orders in the order of their time, then their line; none has an id
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_sorted AS
SELECT user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM import_to_write
ORDER BY created_at, line;
