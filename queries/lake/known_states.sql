-- what: the months in which the members of due cohorts first ordered and became repeat customers, as last written
-- grain: one row per activity and member who has ordered, or was recorded to have
-- parameters: none
-- reads: states (of every run), due_months
WITH due_states AS (
    SELECT states.activity_id, states.user_id, states.first_offset, states.repeat_offset, states.run
    FROM states
    JOIN (SELECT DISTINCT activity_id FROM due_months) AS due ON due.activity_id = states.activity_id
),
ranked AS (
    SELECT
        activity_id,
        user_id,
        first_offset,
        repeat_offset,
        row_number() OVER (PARTITION BY activity_id, user_id ORDER BY run DESC) AS place
    FROM due_states
)
SELECT activity_id, user_id, first_offset, repeat_offset
FROM ranked
WHERE place = 1
