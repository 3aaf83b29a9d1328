-- what: gives customers the grade of their last new change
-- grain: one row per changed customer
-- parameters: none
UPDATE users
SET grade = CAST(last.to_grade AS grade)
FROM (
    SELECT changes.user_id, changes.to_grade
    FROM lake_changes AS changes
    JOIN new_grade_runs AS runs ON runs.run = changes.run
    QUALIFY row_number() OVER (PARTITION BY changes.user_id ORDER BY runs.run_id DESC) = 1
) AS last
WHERE last.user_id = users.user_id;
