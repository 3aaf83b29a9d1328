-- what: rows whose cumulative figures are not the row before plus the month's
-- grain: one row per violating row of ltv_batch
-- parameters: none
WITH compared AS (
    SELECT
        activity_id, month_offset, ltv_cumulative, cumulative_orders,
        coalesce(lag(ltv_cumulative) OVER months, 0) + monthly_revenue AS revenue,
        coalesce(lag(cumulative_orders) OVER months, 0) + monthly_orders AS orders,
        row_number() OVER months = 1 AND month_offset > 0 AS is_first_kept
    FROM ltv_batch
    WINDOW months AS (PARTITION BY activity_id ORDER BY month_offset)
)
SELECT
    activity_id,
    month_offset,
    'ltv_cumulative ' || ltv_cumulative || ' and cumulative_orders ' || cumulative_orders
        || ', the months so far ' || revenue || ' and ' || orders AS found
FROM compared
WHERE NOT is_first_kept
  AND (ltv_cumulative <> revenue OR cumulative_orders <> orders)
ORDER BY activity_id, month_offset;
