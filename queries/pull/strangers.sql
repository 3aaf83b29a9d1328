-- what: what the lake's results name that the file does not hold
-- grain: one row
-- parameters: none
SELECT
    (
        SELECT count(DISTINCT activity_id)
        FROM lake_rows
        WHERE activity_id NOT IN (SELECT activity_id FROM campaign_activities)
    ) AS activities,
    (
        SELECT count(DISTINCT user_id)
        FROM (SELECT user_id FROM lake_members UNION ALL SELECT user_id FROM lake_changes)
        WHERE user_id NOT IN (SELECT user_id FROM users)
    ) AS customers;
