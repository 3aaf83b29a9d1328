-- what: the first differences of members, by key
-- grain: one row per difference
-- parameters: most
SELECT activity_id, user_id, kind, field, stored, expected
FROM member_differences
ORDER BY activity_id, user_id, kind, field, stored, expected
LIMIT $most;
