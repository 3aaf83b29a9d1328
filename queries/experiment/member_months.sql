-- what: each member's revenue, net of returns, in each month since the cohort's start
-- grain: one row per member and month offset with an order or money given back
-- parameters: activity_id, from (the start), until (the end of the last month)
SELECT
    orders.user_id,
    CAST(month_offset_of(CAST($from AS TIMESTAMP), orders.created_at) AS INTEGER) AS month_offset,
    as_amount(sum(orders.amount)) AS revenue,
    count(*) FILTER (WHERE orders.status = 'Success') AS orders
FROM orders
JOIN cohort_members AS members ON members.user_id = orders.user_id
WHERE members.activity_id = $activity_id
  AND orders.status IN ('Success', 'Returned')
  AND orders.created_at >= $from
  AND orders.created_at < $until
GROUP BY orders.user_id, month_offset
ORDER BY orders.user_id, month_offset;
