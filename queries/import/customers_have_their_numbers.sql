-- what: whether every customer's id is its number, so that none need be looked up
-- grain: one row
-- parameters: none
SELECT count(*) = 0
FROM import_customers
WHERE customer_number IS DISTINCT FROM user_id;
