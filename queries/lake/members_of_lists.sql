-- what: the customers on the lists of the cohorts to freeze, whether they have ordered or not
-- grain: one row per activity and member
-- parameters: none
-- reads: closed_windows, listed_members, members
SELECT DISTINCT
    listed.activity_id,
    listed.user_id,
    CAST(NULL AS BIGINT) AS first_order_id,
    CAST(NULL AS TIMESTAMP) AS first_order_at
FROM listed_members AS listed
JOIN closed_windows AS windows ON windows.activity_id = listed.activity_id
LEFT JOIN members ON members.activity_id = listed.activity_id AND members.user_id = listed.user_id
WHERE windows.cohort = 'listed'
  AND members.user_id IS NULL
