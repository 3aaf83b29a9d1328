-- what: the customers that the file does not know, nothing about them but their first order's time
-- grain: one row a customer
-- parameters: none
-- reads: import_customers
INSERT INTO users (user_id, external_id, grade, signed_up_at)
SELECT user_id, customer, 'BRONZE', first_at
FROM import_customers
WHERE NOT is_known
ORDER BY user_id;
