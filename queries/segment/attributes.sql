-- what: the names of what the customers' files say besides the columns of `users`
-- grain: one row per name
-- parameters: none
SELECT DISTINCT name
FROM user_attributes
ORDER BY name;
