-- what: deletes the existing customers that are rewritten
-- grain: one row per customer
-- parameters: none
-- reads: import_people
DELETE FROM users
WHERE user_id IN (SELECT user_id FROM import_people);
