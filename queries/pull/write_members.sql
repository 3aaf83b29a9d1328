-- what: the lake's members with their state
-- grain: one row per activity and member
-- parameters: none
INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at, first_offset, repeat_offset)
WITH states AS (
    SELECT activity_id, user_id, first_offset, repeat_offset
    FROM lake_states
    QUALIFY row_number() OVER (PARTITION BY activity_id, user_id ORDER BY run DESC) = 1
),
written AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM lake_rows
    GROUP BY activity_id
)
SELECT
    members.activity_id,
    members.user_id,
    members.first_order_id,
    members.first_order_at,
    -- Beyond the written months the first order is what the freezing found.
    coalesce(
        states.first_offset,
        CASE
            WHEN month_offset_of(activities.start_at, members.first_order_at) > coalesce(written.last_offset, -1)
            THEN CAST(month_offset_of(activities.start_at, members.first_order_at) AS INTEGER)
        END
    ) AS first_offset,
    states.repeat_offset
FROM lake_members AS members
JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
LEFT JOIN states ON states.activity_id = members.activity_id AND states.user_id = members.user_id
LEFT JOIN written ON written.activity_id = members.activity_id
ORDER BY members.activity_id, members.user_id;
