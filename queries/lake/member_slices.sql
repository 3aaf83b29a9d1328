-- what: each due member's orders and revenue in each due month
-- grain: one row per activity, member and month offset with an order or a return
-- parameters: slice_start, slice_end (outer bounds of the due months), first_month, last_month (their folders)
-- reads: orders, members, due_months
WITH due AS (
    SELECT activity_id, start_at, min(month_start) AS from_at, max(month_end) AS until_at
    FROM due_months
    GROUP BY activity_id, start_at
),
due_members AS (
    SELECT members.activity_id, members.user_id, due.start_at, due.from_at, due.until_at
    FROM due
    JOIN members ON members.activity_id = due.activity_id
),
bought AS (
    SELECT
        due_members.activity_id,
        due_members.user_id,
        due_members.start_at,
        orders.created_at,
        orders.order_id,
        CASE WHEN orders.status = 'Success' THEN 1 ELSE 0 END AS is_order,
        hundredths_of(orders.amount) AS hundredths,
        -- The month boundaries in between: the offset, or one more.
        (year(orders.created_at) * 12 + month(orders.created_at))
            - (year(due_members.start_at) * 12 + month(due_members.start_at)) AS boundaries
    FROM orders
    JOIN due_members ON due_members.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND orders.month >= $first_month
      AND orders.month <= $last_month
      AND orders.created_at >= due_members.from_at
      AND orders.created_at < due_members.until_at
),
placed AS (
    SELECT
        activity_id,
        user_id,
        CAST(
            boundaries - CASE WHEN months_after(start_at, boundaries) > created_at THEN 1 ELSE 0 END AS INTEGER
        ) AS month_offset,
        is_order,
        hundredths,
        order_checksum(order_id, user_id, hundredths) AS checksum
    FROM bought
)
SELECT
    activity_id,
    user_id,
    month_offset,
    CAST(sum(hundredths) AS BIGINT) AS revenue_hundredths,
    CAST(sum(is_order) AS BIGINT) AS orders,
    bit_xor(checksum) AS slice_hash
FROM placed
GROUP BY activity_id, user_id, month_offset
