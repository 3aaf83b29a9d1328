-- what: the revenue of cohorts' members by month, up to an instant
-- grain: one row per activity and month with revenue or returns, by activity and month
-- parameters: as_of
SELECT
    activities.activity_id,
    CAST(month_offset_of(activities.start_at, orders.created_at) AS INTEGER) AS month_offset,
    sum(orders.amount) AS revenue
FROM campaign_activities AS activities
JOIN cohort_members AS members ON members.activity_id = activities.activity_id
JOIN orders ON orders.user_id = members.user_id
WHERE activities.frozen
  AND orders.status IN ('Success', 'Returned')
  AND orders.created_at >= activities.start_at
  AND orders.created_at < $as_of
GROUP BY activities.activity_id, month_offset
ORDER BY activities.activity_id, month_offset;
