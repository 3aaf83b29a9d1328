-- what: what each member of a due cohort bought in each due month
-- grain: one row an activity, month offset and member who bought
-- parameters: slice_start, slice_end (outer bounds, so that other row groups are skipped)
CREATE OR REPLACE TEMP TABLE member_months AS
WITH due AS (
    SELECT
        activity_id,
        start_at,
        min(month_start) AS from_at,
        max(month_end) AS until_at,
        min(month_offset) AS from_offset,
        CASE WHEN count(*) = 1 THEN min(month_offset) END AS only_offset
    FROM due_months
    GROUP BY activity_id, start_at
),
members AS (
    SELECT
        cohort_members.user_id,
        cohort_members.activity_id,
        due.start_at,
        due.from_at,
        due.until_at,
        due.only_offset,
        -- Counted orders before the due months: none, one, or two and more.
        CAST(
            CASE
                WHEN cohort_members.repeat_offset IS NOT NULL THEN 2
                WHEN cohort_members.first_offset < due.from_offset THEN 1
                ELSE 0
            END AS UTINYINT
        ) AS orders_before
    FROM due
    JOIN cohort_members ON cohort_members.activity_id = due.activity_id
),
-- Joined on the customer alone, the dates hidden in a CASE: a join on the range of
-- dates would be planned as a range join, a hundred times as slow.
bought AS (
    SELECT
        members.activity_id,
        members.user_id,
        CASE
            WHEN members.only_offset IS NOT NULL THEN members.only_offset
            ELSE CAST(month_offset_of(members.start_at, orders.created_at) AS INTEGER)
        END AS month_offset,
        members.orders_before,
        orders.amount,
        hash(orders.order_id, orders.user_id, orders.amount) AS order_hash
    FROM orders
    JOIN members ON members.user_id = orders.user_id
    WHERE orders.status = CAST('Success' AS order_status)
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND CASE WHEN orders.created_at < members.from_at THEN false ELSE orders.created_at < members.until_at END
)
SELECT
    activity_id,
    month_offset,
    user_id,
    orders_before,
    sum(amount) AS revenue,
    count(*) AS orders,
    bit_xor(order_hash) AS orders_hash
FROM bought
GROUP BY activity_id, month_offset, user_id, orders_before;
