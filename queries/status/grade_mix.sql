-- what: how many customers hold each grade now
-- grain: one row a grade that somebody holds
-- parameters: none
SELECT grade, count(*) AS customers
FROM users
GROUP BY grade
ORDER BY grade DESC;
