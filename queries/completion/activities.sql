-- what: campaign activities whose number begins with these digits
-- grain: one row per activity, the first 200
-- parameters: begun, digits or nothing
SELECT activity_id, name
FROM campaign_activities
WHERE starts_with(CAST(activity_id AS VARCHAR), $begun)
ORDER BY activity_id
LIMIT 200;
