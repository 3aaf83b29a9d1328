-- what: how many customers in the segment went from grade to grade between two instants
-- grain: one row per pair of grades; from_grade NULL: signed up in between
-- parameters: from, to
-- reads: segment_customers
WITH held AS (
    SELECT
        users.user_id,
        users.signed_up_at,
        users.grade AS grade_now,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $from) AS before_change_after_from,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $to) AS before_change_after_to
    FROM users
    JOIN segment_customers ON segment_customers.user_id = users.user_id
    LEFT JOIN grade_changes AS changes ON changes.user_id = users.user_id AND changes.as_of > $from
    WHERE users.signed_up_at < $to
    GROUP BY users.user_id, users.signed_up_at, users.grade
)
SELECT
    CASE WHEN signed_up_at < $from THEN coalesce(before_change_after_from, grade_now) END AS from_grade,
    coalesce(before_change_after_to, grade_now) AS to_grade,
    count(*) AS customers
FROM held
GROUP BY 1, 2
ORDER BY 1, 2;
