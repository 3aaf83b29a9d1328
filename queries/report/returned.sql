-- what: the returns of each cohort's members in its written months
-- grain: one row per activity whose members got money back
-- parameters: seen_by (NULL: every written month); of_segment: only to members who are in the segment
-- reads: segment_customers
WITH written AS (
    SELECT
        activities.activity_id,
        activities.start_at,
        activities.start_at + to_months(max(months.month_offset) + 1) AS end_at
    FROM ltv_batch AS months
    JOIN campaign_activities AS activities ON activities.activity_id = months.activity_id
    WHERE months.month_offset BETWEEN 0 AND longest_cohort()
      AND ($seen_by IS NULL OR activities.start_at + to_months(months.month_offset + 1) <= $seen_by)
    GROUP BY activities.activity_id, activities.start_at
)
SELECT members.activity_id, as_amount(sum(orders.amount)) AS returned
FROM orders
JOIN cohort_members AS members ON members.user_id = orders.user_id
JOIN written ON written.activity_id = members.activity_id
WHERE orders.status = 'Returned'
  AND (NOT $of_segment OR members.user_id IN (SELECT user_id FROM segment_customers))
  AND CASE WHEN orders.created_at < written.start_at THEN false ELSE orders.created_at < written.end_at END
GROUP BY members.activity_id
ORDER BY members.activity_id;
