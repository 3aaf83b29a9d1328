-- what: the number of customers by current grade
-- grain: one row per grade that somebody holds
-- parameters: none
SELECT grade, count(*) AS customers
FROM users
GROUP BY grade
ORDER BY grade DESC;
