-- what: the number of customers by grade before the update
-- grain: one row per grade that somebody holds
-- parameters: as_of
SELECT coalesce(grades_then.grade, users.grade) AS grade, count(*) AS customers
FROM users
LEFT JOIN grades_then ON grades_then.user_id = users.user_id
WHERE users.signed_up_at < $as_of
GROUP BY 1
ORDER BY 1;
