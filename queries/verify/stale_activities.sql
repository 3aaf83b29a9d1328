-- what: what is wrong with each activity, and from which month on
-- grain: one row per activity with a difference
-- parameters: none
SELECT
    activity_id,
    min(from_offset) AS from_offset,
    bool_or(of_membership) AS of_membership,
    bool_or(of_state) AS of_state
FROM (
    SELECT activity_id, greatest(month_offset, 0) AS from_offset, false AS of_membership, false AS of_state
    FROM row_differences
    UNION ALL
    SELECT activity_id, NULL, kind <> 'state', kind = 'state'
    FROM member_differences
)
GROUP BY activity_id
ORDER BY activity_id;
