-- what: the new members of the lists
-- grain: one row per member
-- parameters: none
-- reads: import_members
INSERT INTO listed_customers (activity_id, user_id)
SELECT activity_id, user_id
FROM import_members
WHERE NOT is_known
ORDER BY activity_id, user_id;
