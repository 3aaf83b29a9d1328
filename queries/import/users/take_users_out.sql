-- what: takes the known customers out that are written again
-- grain: one row a customer
-- parameters: none
-- reads: import_people
DELETE FROM users
WHERE user_id IN (SELECT user_id FROM import_people);
