-- what: frozen members that differ from a recomputation from the orders
-- grain: one row per activity and customer
-- parameters: none
-- reads: expected_members, members
WITH compared AS (
    SELECT
        coalesce(members.activity_id, expected.activity_id) AS activity_id,
        coalesce(members.user_id, expected.user_id) AS user_id,
        CASE
            WHEN expected.user_id IS NULL THEN 'left'
            WHEN members.user_id IS NULL THEN 'joined'
            WHEN members.first_order_id IS DISTINCT FROM expected.first_order_id THEN 'moved'
            WHEN members.first_order_at IS DISTINCT FROM expected.first_order_at THEN 'moved'
            ELSE ''
        END AS differs
    FROM members
    FULL OUTER JOIN expected_members AS expected
      ON expected.activity_id = members.activity_id AND expected.user_id = members.user_id
)
SELECT activity_id, user_id, differs
FROM compared
WHERE differs <> ''
ORDER BY activity_id, user_id
