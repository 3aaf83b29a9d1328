-- what: customers whose number begins with these digits
-- grain: one row per customer, the first 50
-- parameters: begun, digits or nothing
SELECT user_id, coalesce(external_id, name) AS name
FROM users
WHERE starts_with(CAST(user_id AS VARCHAR), $begun)
ORDER BY user_id
LIMIT 50;
