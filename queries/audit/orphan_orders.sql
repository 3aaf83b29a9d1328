-- what: orders whose customer or activity does not exist
-- grain: one row per violating order
-- parameters: none
SELECT NULL AS activity_id, NULL AS month_offset, 'order ' || order_id || ' of customer ' || user_id AS found
FROM orders
WHERE user_id NOT IN (SELECT user_id FROM users)
UNION ALL
SELECT activity_id, NULL, 'order ' || order_id || ' of activity ' || activity_id
FROM orders
WHERE activity_id IS NOT NULL
  AND activity_id NOT IN (SELECT activity_id FROM campaign_activities)
ORDER BY found;
