-- what: each activity with the sums of its written months
-- grain: one row per activity that has started and month; one with NULLs where it has none
-- parameters: as_of
WITH sizes AS (
    SELECT activity_id, count(*) AS cohort_size
    FROM cohort_members
    GROUP BY activity_id
)
SELECT
    activities.activity_id,
    activities.name,
    activities.channel,
    activities.campaign_id,
    campaigns.name AS campaign,
    activities.start_at,
    activities.budget,
    activities.cohort,
    activities.frozen,
    -- A list closes no window: its members are known when they are brought.
    activities.cohort <> 'listed' AND window_end(activities.start_at, activities.end_at) <= $as_of AS is_closed,
    coalesce(months.cohort_size, sizes.cohort_size) AS cohort_size,
    months.month_offset,
    months.avg_cac,
    months.monthly_revenue,
    months.monthly_orders,
    months.active_users,
    months.ltv_cumulative,
    months.cumulative_profit,
    months.cumulative_orders,
    months.repeat_customers
FROM campaign_activities AS activities
LEFT JOIN campaigns ON campaigns.campaign_id = activities.campaign_id
LEFT JOIN sizes ON sizes.activity_id = activities.activity_id
LEFT JOIN ltv_batch AS months ON months.activity_id = activities.activity_id
WHERE activities.start_at < $as_of
ORDER BY activities.start_at, activities.activity_id, months.month_offset;
