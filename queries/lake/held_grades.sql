-- what: the grade held by each customer who signed up before an instant: the one that was pushed, or the one given by a
--   later update in the lake
-- grain: one row per customer
-- parameters: as_of
-- reads: users, known_changes
WITH ranked AS (
    SELECT
        user_id,
        to_grade,
        row_number() OVER (PARTITION BY user_id ORDER BY as_of DESC, run DESC) AS place
    FROM known_changes
)
SELECT
    users.user_id,
    CASE coalesce(ranked.to_grade, users.grade)
        WHEN 'VIP' THEN 3
        WHEN 'GOLD' THEN 2
        WHEN 'SILVER' THEN 1
        ELSE 0
    END AS held
FROM users
LEFT JOIN ranked ON ranked.user_id = users.user_id AND ranked.place = 1
WHERE users.signed_up_at < $as_of
