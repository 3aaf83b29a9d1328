-- what: what the new grade updates changed
-- grain: one row per changed customer and update
-- parameters: none
INSERT INTO grade_changes (as_of, user_id, from_grade, to_grade, amount, orders, run_id)
SELECT changes.as_of, changes.user_id, changes.from_grade, changes.to_grade, changes.amount, changes.orders, runs.run_id
FROM lake_changes AS changes
JOIN new_grade_runs AS runs ON runs.run = changes.run
ORDER BY runs.run_id, changes.user_id;
