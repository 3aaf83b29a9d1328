-- what: every frozen member's orders and revenue, net of returns, in each month, from all orders
-- grain: one row per activity, member and month offset with an order or money given back
-- parameters: none
CREATE OR REPLACE TEMP TABLE member_purchases AS
-- Each month under the calendar months that it touches: months are found by equality.
WITH touched AS (
    SELECT
        activity_id, month_offset, from_at, until_at,
        unnest(generate_series(
            year(from_at) * 12 + month(from_at),
            year(until_at) * 12 + month(until_at)
        )) AS calendar_month
    FROM expected_months
),
members AS (
    SELECT DISTINCT activity_id, user_id
    FROM cohort_members
    WHERE activity_id IN (SELECT activity_id FROM expected_months)
),
counted AS (
    SELECT
        members.activity_id, members.user_id, orders.created_at, orders.amount,
        CASE orders.status WHEN 'Success' THEN 1 ELSE 0 END AS counts_as,
        year(orders.created_at) * 12 + month(orders.created_at) AS calendar_month,
        -- The checksum as `macros.sql` defines it: low 30 bits by modulo, of whole hundredths.
        (((orders.order_id % 1073741824) + 1073741824) % 1073741824 + 668265263)
            * (461845907 + (1073741823 & xor(
                CAST(mod(orders.amount, 10737418.24) * 100 AS BIGINT),
                ((orders.user_id % 1073741824) + 1073741824) % 1073741824 * 374761393
            ))) AS order_hash
    FROM orders
    JOIN members ON members.user_id = orders.user_id
    WHERE orders.status = 'Success' OR orders.status = 'Returned'
)
SELECT
    counted.activity_id,
    counted.user_id,
    touched.month_offset,
    sum(counted.amount) AS amount,
    sum(counted.counts_as) AS orders,
    bit_xor(counted.order_hash) AS orders_hash
FROM counted
JOIN touched
  ON touched.activity_id = counted.activity_id AND touched.calendar_month = counted.calendar_month
WHERE CASE WHEN counted.created_at < touched.from_at THEN false ELSE counted.created_at < touched.until_at END
GROUP BY counted.activity_id, counted.user_id, touched.month_offset;
