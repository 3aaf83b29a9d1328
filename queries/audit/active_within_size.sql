-- what: rows with more active customers than members
-- grain: one row per violating row of ltv_batch
-- parameters: none
SELECT activity_id, month_offset, active_users || ' active of ' || cohort_size AS found
FROM ltv_batch
WHERE active_users > cohort_size
ORDER BY activity_id, month_offset;
