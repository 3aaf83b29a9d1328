-- what: the activities whose orders have changed since their checked months were written, and the first such month
-- grain: one row per activity
-- parameters: slice_start, slice_end (outer bounds, so that other row groups are skipped)
CREATE OR REPLACE TEMP TABLE stale_activities AS
WITH checked AS (
    SELECT activity_id, start_at, min(month_start) AS from_at, max(month_end) AS until_at
    FROM checked_months
    GROUP BY activity_id, start_at
),
members AS (
    SELECT cohort_members.user_id, cohort_members.activity_id, checked.start_at, checked.from_at, checked.until_at
    FROM checked
    JOIN cohort_members ON cohort_members.activity_id = checked.activity_id
),
slices AS (
    SELECT
        members.activity_id,
        CAST(month_offset_of(members.start_at, orders.created_at) AS INTEGER) AS month_offset,
        sum(orders.amount) AS revenue,
        count(*) FILTER (WHERE orders.status = 'Success') AS orders,
        bit_xor(order_checksum(orders.order_id, orders.user_id, orders.amount)) AS slice_hash
    FROM orders
    JOIN members ON members.user_id = orders.user_id
    WHERE orders.status IN (CAST('Success' AS order_status), CAST('Returned' AS order_status))
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND CASE WHEN orders.created_at < members.from_at THEN false ELSE orders.created_at < members.until_at END
    GROUP BY ALL
)
SELECT checked_months.activity_id, min(checked_months.month_offset) AS from_offset
FROM checked_months
LEFT JOIN slices
  ON slices.activity_id = checked_months.activity_id AND slices.month_offset = checked_months.month_offset
WHERE checked_months.monthly_orders <> coalesce(slices.orders, 0)
   OR checked_months.monthly_revenue <> coalesce(slices.revenue, 0)
   OR checked_months.slice_hash <> coalesce(slices.slice_hash, 0)
GROUP BY checked_months.activity_id;
