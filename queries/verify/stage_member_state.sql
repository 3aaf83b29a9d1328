-- what: the months of each frozen member's first and second qualifying order
-- grain: one row per activity and member who ordered
-- parameters: none
CREATE OR REPLACE TEMP TABLE expected_state AS
SELECT
    activity_id,
    user_id,
    min(month_offset) AS first_offset,
    -- The second order is in the first month if that holds two, else in the next that holds one.
    CASE
        WHEN arg_min(orders, month_offset) >= 2 THEN min(month_offset)
        ELSE min(month_offset, 2)[2]
    END AS repeat_offset
FROM member_purchases
WHERE orders > 0
GROUP BY activity_id, user_id;
