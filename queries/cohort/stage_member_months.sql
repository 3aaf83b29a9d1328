-- what: each due member's orders and revenue, net of returns, in each due month
-- grain: one row per activity, month offset and member who bought or got money back; members who were repeat customers before
--   are one row together, without a user_id
-- parameters: slice_start, slice_end (outer bounds, so that other row groups are skipped),
--   one_slice (every due month has these very bounds), one_month (no activity has two due months)
CREATE OR REPLACE TEMP TABLE member_months AS
WITH due AS (
    SELECT
        activity_id,
        start_at,
        min(month_start) AS from_at,
        max(month_end) AS until_at,
        min(month_offset) AS from_offset
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
        -- Qualifying orders before the due months: none, one, or two and more.
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
        -- What the parameters say is not worked out for every order.
        CASE
            WHEN $one_month THEN NULL
            ELSE CAST(month_offset_of(members.start_at, orders.created_at) AS INTEGER)
        END AS month_offset,
        members.orders_before,
        orders.amount,
        orders.status = CAST('Success' AS order_status) AS is_order,
        order_checksum(orders.order_id, orders.user_id, orders.amount) AS order_checksum
    FROM orders
    JOIN members ON members.user_id = orders.user_id
    WHERE orders.status IN (CAST('Success' AS order_status), CAST('Returned' AS order_status))
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND CASE
          WHEN $one_slice THEN true
          WHEN orders.created_at < members.from_at THEN false
          ELSE orders.created_at < members.until_at
      END
),
grouped AS MATERIALIZED (
    SELECT
        activity_id,
        month_offset,
        user_id,
        orders_before,
        sum(amount) AS revenue,
        count(*) FILTER (WHERE is_order) AS orders,
        bit_xor(order_checksum) AS checksum
    FROM bought
    GROUP BY activity_id, month_offset, user_id, orders_before
),
-- Who is a repeat customer already is not asked for one by one again.
told AS (
    SELECT activity_id, month_offset, user_id, orders_before, revenue, orders, CASE WHEN orders > 0 THEN 1 ELSE 0 END AS buyers, checksum
    FROM grouped
    WHERE orders_before < 2
    UNION ALL
    SELECT
        activity_id, month_offset, NULL, orders_before,
        sum(revenue), sum(orders), count(*) FILTER (WHERE orders > 0), bit_xor(checksum)
    FROM grouped
    WHERE orders_before = 2
    GROUP BY activity_id, month_offset, orders_before
)
SELECT
    told.activity_id,
    coalesce(told.month_offset, due.from_offset) AS month_offset,
    told.user_id,
    told.orders_before,
    told.revenue,
    told.orders,
    told.buyers,
    told.checksum
FROM told
JOIN due ON due.activity_id = told.activity_id;
