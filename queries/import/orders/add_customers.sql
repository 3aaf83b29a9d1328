-- what: inserts the new customers, of whom only the time of the first order is known
-- grain: one row per customer
-- parameters: none
-- reads: import_customers
INSERT INTO users (user_id, external_id, grade, signed_up_at)
SELECT user_id, customer, 'BRONZE', first_at
FROM import_customers
WHERE NOT is_known
ORDER BY user_id;
