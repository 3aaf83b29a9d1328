-- what: where each customer comes from: the activity of the first qualifying order, or `organic` and that order's month
-- grain: one row per customer with a qualifying order before the as-of
-- parameters: as_of
-- makes: origins
CREATE OR REPLACE TEMP TABLE origins AS
WITH firsts AS (
    SELECT
        user_id,
        -- The two earliest, ties by order_id: a customer returns with the second.
        min(
            {'created_at': created_at, 'order_id': order_id, 'activity_id': activity_id}, 2
        ) AS earliest
    FROM orders
    WHERE status = 'Success'
      AND created_at < $as_of
    GROUP BY user_id
)
SELECT
    firsts.user_id,
    coalesce(activities.channel, 'organic') AS channel,
    strftime(coalesce(activities.start_at, firsts.earliest[1].created_at), '%Y-%m') AS start_month,
    firsts.earliest[1].created_at AS first_order_at,
    firsts.earliest[2].created_at AS second_order_at
FROM firsts
LEFT JOIN campaign_activities AS activities ON activities.activity_id = firsts.earliest[1].activity_id;
