-- what: customers who are in a cohort twice, or acquired by two campaign activities
-- grain: one row per customer and cohort
-- parameters: none
WITH memberships AS (
    SELECT
        members.activity_id,
        members.user_id,
        coalesce(activities.cohort = 'acquired' AND activities.channel <> 'organic', false) AS is_acquired
    FROM cohort_members AS members
    LEFT JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
),
twice_acquired AS (
    SELECT user_id, min(activity_id) AS first_activity, max(activity_id) AS last_activity
    FROM memberships
    WHERE is_acquired
    GROUP BY user_id
    HAVING count(*) > 1 AND min(activity_id) <> max(activity_id)
)
SELECT activity_id, NULL AS month_offset, 'customer ' || user_id || ' ' || count(*) || ' times' AS found
FROM memberships
GROUP BY activity_id, user_id
HAVING count(*) > 1
UNION ALL
SELECT last_activity, NULL, 'customer ' || user_id || ' is a member of activity ' || first_activity || ' too'
FROM twice_acquired
ORDER BY activity_id, found;
