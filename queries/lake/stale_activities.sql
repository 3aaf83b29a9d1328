-- what: the activities whose orders have changed since their checked months were written, and the first such month
-- grain: one row per activity
-- parameters: none
-- reads: due_months (the checked ones), member_slices (of these), written_rows
WITH found AS (
    SELECT
        activity_id,
        month_offset,
        CAST(sum(revenue_hundredths) AS BIGINT) AS revenue,
        CAST(sum(orders) AS BIGINT) AS orders,
        bit_xor(slice_hash) AS slice_hash
    FROM member_slices
    GROUP BY activity_id, month_offset
)
SELECT written.activity_id, min(written.month_offset) AS from_offset
FROM due_months AS checked
JOIN written_rows AS written
  ON written.activity_id = checked.activity_id AND written.month_offset = checked.month_offset
LEFT JOIN found ON found.activity_id = checked.activity_id AND found.month_offset = checked.month_offset
WHERE written.monthly_orders <> coalesce(found.orders, 0)
   OR hundredths_of(written.monthly_revenue) <> coalesce(found.revenue, 0)
   OR written.slice_hash <> coalesce(found.slice_hash, 0)
GROUP BY written.activity_id
