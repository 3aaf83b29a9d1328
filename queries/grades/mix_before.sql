-- what: how many customers hold each grade before the update
-- grain: one row a grade that somebody holds
-- parameters: as_of
SELECT grade, count(*) AS customers
FROM users
WHERE signed_up_at < $as_of
GROUP BY grade
ORDER BY grade;
