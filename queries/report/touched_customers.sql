-- what: the number of customers, new or not, who ordered through each acquiring activity in its window
-- grain: one row per frozen activity with such customers
-- parameters: none
SELECT activities.activity_id, count(DISTINCT orders.user_id) AS customers
FROM orders
JOIN campaign_activities AS activities ON activities.activity_id = orders.activity_id
WHERE activities.frozen
  AND activities.cohort = 'acquired'
  AND activities.channel <> 'organic'
  AND orders.status = 'Success'
  AND CASE
      WHEN orders.created_at < activities.start_at THEN false
      ELSE orders.created_at < window_end(activities.start_at, activities.end_at)
  END
GROUP BY activities.activity_id
ORDER BY activities.activity_id;
