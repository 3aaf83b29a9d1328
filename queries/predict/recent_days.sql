-- what: the revenue of cohorts' members by day before an instant, without each member's first day; in listed cohorts with
--       it, since other members have yet to make their first order
-- grain: one row per activity and day with revenue or returns, latest first
-- parameters: as_of
WITH firsts AS (
    SELECT user_id, min(CAST(created_at AS DATE)) AS first_day
    FROM orders
    WHERE status = 'Success'
      AND created_at < $as_of
    GROUP BY user_id
)
SELECT
    members.activity_id,
    CAST(CAST($as_of AS TIMESTAMP) - INTERVAL 1 MICROSECOND AS DATE) - CAST(orders.created_at AS DATE) AS days_ago,
    CAST(sum(orders.amount) AS DOUBLE) AS revenue
FROM cohort_members AS members
JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
JOIN firsts ON firsts.user_id = members.user_id
JOIN orders ON orders.user_id = members.user_id
WHERE orders.status IN ('Success', 'Returned')
  AND orders.created_at >= CAST($as_of AS TIMESTAMP) - INTERVAL 400 DAY
  AND orders.created_at < $as_of
  AND (CAST(orders.created_at AS DATE) > firsts.first_day OR activities.cohort = 'listed')
GROUP BY members.activity_id, days_ago
ORDER BY members.activity_id, days_ago;
