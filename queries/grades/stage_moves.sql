-- what: the grade of each customer at two instants
-- grain: one row per customer signed up before the later one; from_grade NULL: signed up in between
-- parameters: from, to
-- makes: grade_moves
CREATE OR REPLACE TEMP TABLE grade_moves AS
WITH held AS (
    SELECT
        users.user_id,
        users.signed_up_at,
        users.grade AS grade_now,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $from) AS before_change_after_from,
        arg_min(changes.from_grade, changes.run_id) FILTER (WHERE changes.as_of > $to) AS before_change_after_to
    FROM users
    LEFT JOIN grade_changes AS changes ON changes.user_id = users.user_id AND changes.as_of > $from
    WHERE users.signed_up_at < $to
    GROUP BY users.user_id, users.signed_up_at, users.grade
)
SELECT
    user_id,
    CASE WHEN signed_up_at < $from THEN coalesce(before_change_after_from, grade_now) END AS from_grade,
    coalesce(before_change_after_to, grade_now) AS to_grade
FROM held;
