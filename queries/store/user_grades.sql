-- what: the customers above BRONZE
-- grain: one row per customer
-- parameters: none
SELECT user_id, grade
FROM users
WHERE grade <> 'BRONZE'
ORDER BY user_id;
