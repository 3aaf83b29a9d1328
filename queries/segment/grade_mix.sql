-- what: how many customers of each label of the segment held each grade at an instant
-- grain: one row per label
-- parameters: as_of
-- reads: segment_customers
WITH later AS (
    SELECT user_id, arg_min(from_grade, run_id) AS grade
    FROM grade_changes
    WHERE as_of > $as_of
    GROUP BY user_id
),
held AS (
    SELECT customers.label, coalesce(later.grade, users.grade) AS grade
    FROM users
    JOIN segment_customers AS customers ON customers.user_id = users.user_id
    LEFT JOIN later ON later.user_id = users.user_id
    WHERE users.signed_up_at < $as_of
)
SELECT
    label,
    count(*) AS customers,
    count(*) FILTER (WHERE grade = 'VIP') AS vip,
    count(*) FILTER (WHERE grade = 'GOLD') AS gold,
    count(*) FILTER (WHERE grade = 'SILVER') AS silver,
    count(*) FILTER (WHERE grade = 'BRONZE') AS bronze
FROM held
GROUP BY label
ORDER BY label;
