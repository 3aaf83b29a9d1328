-- what: each customer's first qualifying order: when, and by which activity it came, or `organic` and its month
-- grain: one row per customer with a qualifying order before the as-of
-- parameters: as_of
-- makes: first_purchases
CREATE OR REPLACE TEMP TABLE first_purchases AS
WITH first_times AS (
    SELECT user_id, min(created_at) AS first_order_at
    FROM orders
    WHERE status = 'Success'
      AND created_at < $as_of
    GROUP BY user_id
),
-- Found again by their time: a third of what the smallest pair of time and number costs.
firsts AS (
    SELECT
        orders.user_id,
        first_times.first_order_at,
        -- The NULL of an order without an activity is a value, too.
        arg_min_null(orders.activity_id, orders.order_id) AS activity_id
    FROM orders
    JOIN first_times
      ON first_times.user_id = orders.user_id AND first_times.first_order_at = orders.created_at
    WHERE orders.status = 'Success'
    GROUP BY orders.user_id, first_times.first_order_at
)
SELECT
    firsts.user_id,
    firsts.first_order_at,
    coalesce(activities.channel, 'organic') AS channel,
    strftime(coalesce(activities.start_at, firsts.first_order_at), '%Y-%m') AS start_month
FROM firsts
LEFT JOIN campaign_activities AS activities ON activities.activity_id = firsts.activity_id;
