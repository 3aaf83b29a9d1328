-- what: the new orders with their customers, where every customer's id is its number
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP VIEW import_owned AS
SELECT *, customer_number AS user_id
FROM import_orders;
