-- what: the customers who are members of both cohorts
-- grain: one row per customer
-- parameters: a, b (activities)
SELECT user_id
FROM cohort_members
WHERE activity_id IN ($a, $b)
GROUP BY user_id
HAVING count(DISTINCT activity_id) > 1
ORDER BY user_id;
