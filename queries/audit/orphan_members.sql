-- what: members of no activity, of one that is not frozen, or who are no customers
-- grain: one row a breaking member
-- parameters: none
SELECT members.activity_id, NULL AS month_offset, 'customer ' || members.user_id AS found
FROM cohort_members AS members
LEFT JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
WHERE activities.frozen IS NOT TRUE
   OR members.user_id NOT IN (SELECT user_id FROM users)
ORDER BY members.activity_id, members.user_id;
