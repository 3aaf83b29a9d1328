-- what: the revenue of cohorts' members by month, up to an instant
-- grain: one row per activity and month with revenue or returns, by activity and month
-- parameters: as_of
--
-- Orders are joined by customer alone: given the start as a condition of the join, the engine would first pair every
-- order with every activity that began before it.
WITH members AS MATERIALIZED (
    SELECT cohort_members.user_id, activities.activity_id, activities.start_at
    FROM cohort_members
    JOIN campaign_activities AS activities ON activities.activity_id = cohort_members.activity_id
    WHERE activities.frozen
)
SELECT
    members.activity_id,
    CAST(month_offset_of(members.start_at, orders.created_at) AS INTEGER) AS month_offset,
    sum(orders.amount) AS revenue
FROM members
JOIN orders ON orders.user_id = members.user_id
WHERE orders.status IN ('Success', 'Returned')
  AND orders.created_at < $as_of
  AND orders.created_at >= members.start_at
GROUP BY members.activity_id, month_offset
ORDER BY members.activity_id, month_offset;
