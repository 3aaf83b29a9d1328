-- what: customer and activity numbers that occur twice
-- grain: one row per number
-- parameters: none
SELECT NULL AS activity_id, NULL AS month_offset, 'customer ' || user_id || ' ' || count(*) || ' times' AS found
FROM users
GROUP BY user_id
HAVING count(*) > 1
UNION ALL
SELECT activity_id, NULL, 'activity ' || activity_id || ' ' || count(*) || ' times'
FROM campaign_activities
GROUP BY activity_id
HAVING count(*) > 1
ORDER BY found;
