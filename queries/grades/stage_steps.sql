-- what: customers who came to a grade or left it at each update: those who signed up since the one before with the grade
--       they came with, and the changes
-- grain: one row per customer and grade come to (customers 1) or left (-1)
-- parameters: none
-- makes: grade_steps
CREATE OR REPLACE TEMP TABLE grade_steps AS
WITH runs AS (
    SELECT as_of, min(run_id) AS run_id
    FROM grade_runs
    GROUP BY as_of
),
-- The grade that a customer came with.
firsts AS (
    SELECT user_id, arg_min(from_grade, run_id) AS grade
    FROM grade_changes
    GROUP BY user_id
)
SELECT runs.run_id, runs.as_of, users.user_id, coalesce(firsts.grade, users.grade) AS grade, 1 AS customers
FROM users
ASOF JOIN runs ON users.signed_up_at < runs.as_of
LEFT JOIN firsts ON firsts.user_id = users.user_id
UNION ALL
SELECT run_id, as_of, user_id, to_grade, 1 FROM grade_changes
UNION ALL
SELECT run_id, as_of, user_id, from_grade, -1 FROM grade_changes;
