-- what: rows whose activity does not exist, is not frozen or has no members
-- grain: one row per violating row of ltv_batch
-- parameters: none
SELECT stored.activity_id, stored.month_offset, 'there is no frozen cohort of it' AS found
FROM ltv_batch AS stored
LEFT JOIN campaign_activities AS activities ON activities.activity_id = stored.activity_id
WHERE activities.frozen IS NOT TRUE
   OR stored.activity_id NOT IN (SELECT activity_id FROM cohort_members)
ORDER BY stored.activity_id, stored.month_offset;
