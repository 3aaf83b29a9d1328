-- what: each activity as its last written month leaves it
-- grain: one row an activity that has started
-- parameters: as_of
WITH sizes AS (
    SELECT activity_id, count(*) AS cohort_size
    FROM cohort_members
    GROUP BY activity_id
),
written AS (
    SELECT
        activity_id,
        -- The months that the last row covers, also where earlier rows were given up.
        max(month_offset) + 1 AS months,
        min(month_offset) AS first_offset,
        max(month_offset) AS last_offset,
        min(month_offset) FILTER (WHERE is_break_even) AS payback_offset
    FROM ltv_batch
    GROUP BY activity_id
)
SELECT
    activities.activity_id,
    activities.name,
    activities.channel,
    CAST(activities.start_at AS DATE) AS start_date,
    sizes.cohort_size,
    activities.budget,
    last.avg_cac,
    coalesce(written.months, 0) AS months,
    last.ltv_cumulative,
    last.ltv_cac_ratio,
    last.cumulative_profit,
    -- Where the first months were given up, it may have been one of those.
    CASE
        WHEN activities.budget IS NOT NULL
         AND (written.payback_offset = 0 OR written.payback_offset > written.first_offset)
            THEN written.payback_offset
    END AS payback_offset,
    last.repeat_customers,
    last.cumulative_orders,
    last.avg_order_value,
    last.repeat_purchase_rate,
    last.avg_purchase_frequency
FROM campaign_activities AS activities
LEFT JOIN sizes ON sizes.activity_id = activities.activity_id
LEFT JOIN written ON written.activity_id = activities.activity_id
LEFT JOIN ltv_batch AS last
  ON last.activity_id = activities.activity_id AND last.month_offset = written.last_offset
WHERE activities.start_at < $as_of
ORDER BY activities.start_at, activities.activity_id;
