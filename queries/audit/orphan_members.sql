-- what: members who are not customers, or whose activity does not exist or is not frozen
-- grain: one row per violating member
-- parameters: none
SELECT members.activity_id, NULL AS month_offset, 'customer ' || members.user_id AS found
FROM cohort_members AS members
LEFT JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
WHERE activities.frozen IS NOT TRUE
   OR members.user_id NOT IN (SELECT user_id FROM users)
ORDER BY members.activity_id, members.user_id;
