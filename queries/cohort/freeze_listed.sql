-- what: the customers on the staged activities' lists, whether they have ordered or not
-- grain: one row per activity and member
-- parameters: none
INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at, first_offset, repeat_offset)
SELECT DISTINCT listed.activity_id, listed.user_id, NULL, NULL, NULL, NULL
FROM listed_customers AS listed
JOIN closed_windows AS windows ON windows.activity_id = listed.activity_id
WHERE windows.cohort = 'listed'
ORDER BY listed.activity_id, listed.user_id;
