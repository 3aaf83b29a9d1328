-- what: each activity with what its written months brought from the members in the segment, from their orders
-- grain: one row per activity that has started, label and month; one with NULLs where it has none
-- parameters: as_of
-- reads: segment_customers
WITH part AS (
    SELECT members.activity_id, members.user_id, customers.label
    FROM cohort_members AS members
    JOIN segment_customers AS customers ON customers.user_id = members.user_id
),
sizes AS (
    SELECT activity_id, label, count(*) AS cohort_size
    FROM part
    GROUP BY activity_id, label
),
written AS (
    SELECT
        activities.activity_id,
        activities.start_at,
        max(stored.month_offset) AS last_offset,
        activities.start_at + to_months(max(stored.month_offset) + 1) AS end_at
    FROM ltv_batch AS stored
    JOIN campaign_activities AS activities ON activities.activity_id = stored.activity_id
    WHERE stored.month_offset BETWEEN 0 AND longest_cohort()
    GROUP BY activities.activity_id, activities.start_at
),
bought AS (
    SELECT
        members.activity_id,
        members.label,
        members.user_id,
        month_offset_of(written.start_at, orders.created_at) AS month_offset,
        sum(orders.amount) AS revenue,
        count(*) FILTER (WHERE orders.status = 'Success') AS orders
    FROM orders
    JOIN part AS members ON members.user_id = orders.user_id
    JOIN written ON written.activity_id = members.activity_id
    WHERE orders.status IN ('Success', 'Returned')
      AND CASE WHEN orders.created_at < written.start_at THEN false ELSE orders.created_at < written.end_at END
    GROUP BY ALL
),
so_far AS (
    SELECT *, sum(orders) OVER (PARTITION BY activity_id, user_id ORDER BY month_offset) AS orders_so_far
    FROM bought
),
by_month AS (
    SELECT
        activity_id,
        label,
        month_offset,
        sum(revenue) AS revenue,
        sum(orders) AS orders,
        count(*) FILTER (WHERE orders > 0) AS active_users,
        count(*) FILTER (WHERE orders_so_far >= 2 AND orders_so_far - orders < 2) AS newly_repeat
    FROM so_far
    GROUP BY activity_id, label, month_offset
),
-- Every month up to the last written one, also where earlier rows were given up: what came before counts.
months AS (
    SELECT
        sizes.activity_id,
        sizes.label,
        offsets.month_offset,
        coalesce(by_month.revenue, 0) AS revenue,
        coalesce(by_month.orders, 0) AS orders,
        coalesce(by_month.active_users, 0) AS active_users,
        coalesce(by_month.newly_repeat, 0) AS newly_repeat
    FROM sizes
    JOIN (
        SELECT activity_id, unnest(range(last_offset + 1)) AS month_offset
        FROM written
    ) AS offsets ON offsets.activity_id = sizes.activity_id
    LEFT JOIN by_month
      ON by_month.activity_id = sizes.activity_id
     AND by_month.label = sizes.label
     AND by_month.month_offset = offsets.month_offset
),
cumulated AS (
    SELECT
        *,
        sum(revenue) OVER so_far AS revenue_so_far,
        sum(orders) OVER so_far AS orders_so_far,
        sum(newly_repeat) OVER so_far AS repeat_customers
    FROM months
    WINDOW so_far AS (PARTITION BY activity_id, label ORDER BY month_offset)
)
SELECT
    activities.activity_id,
    activities.name,
    activities.channel,
    activities.campaign_id,
    campaigns.name AS campaign,
    activities.start_at,
    activities.cohort,
    activities.frozen,
    activities.cohort <> 'listed' AND window_end(activities.start_at, activities.end_at) <= $as_of AS is_closed,
    sizes.label,
    sizes.cohort_size,
    stored.month_offset,
    as_amount(cumulated.revenue) AS monthly_revenue,
    CAST(cumulated.orders AS BIGINT) AS monthly_orders,
    CAST(cumulated.active_users AS BIGINT) AS active_users,
    as_amount(cumulated.revenue_so_far) AS ltv_cumulative,
    CAST(cumulated.orders_so_far AS BIGINT) AS cumulative_orders,
    CAST(cumulated.repeat_customers AS BIGINT) AS repeat_customers
FROM campaign_activities AS activities
JOIN sizes ON sizes.activity_id = activities.activity_id
LEFT JOIN campaigns ON campaigns.campaign_id = activities.campaign_id
LEFT JOIN ltv_batch AS stored ON stored.activity_id = activities.activity_id
LEFT JOIN cumulated
  ON cumulated.activity_id = activities.activity_id
 AND cumulated.label = sizes.label
 AND cumulated.month_offset = stored.month_offset
WHERE activities.start_at < $as_of
ORDER BY activities.start_at, activities.activity_id, sizes.label, stored.month_offset;
