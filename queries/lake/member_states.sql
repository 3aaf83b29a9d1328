-- what: the months in which the members of due cohorts first ordered and became repeat customers, before and after the
--   due months
-- grain: one row per activity and member who has ordered, or was recorded to have
-- parameters: none
-- reads: due_months, known_states, member_slices
WITH due AS (
    SELECT DISTINCT activity_id, from_offset
    FROM due_months
),
-- Offsets in due months are dropped here and found again below.
before AS (
    SELECT
        known.activity_id,
        known.user_id,
        known.first_offset AS known_first_offset,
        known.repeat_offset AS known_repeat_offset,
        CASE WHEN known.first_offset < due.from_offset THEN known.first_offset END AS first_offset,
        CASE WHEN known.repeat_offset < due.from_offset THEN known.repeat_offset END AS repeat_offset
    FROM known_states AS known
    JOIN due ON due.activity_id = known.activity_id
),
ranked AS (
    SELECT
        activity_id,
        user_id,
        month_offset,
        orders,
        row_number() OVER (PARTITION BY activity_id, user_id ORDER BY month_offset) AS place
    FROM member_slices
    WHERE orders > 0
),
bought AS (
    SELECT
        activity_id,
        user_id,
        max(CASE WHEN place = 1 THEN month_offset END) AS first_month,
        max(CASE WHEN place = 1 THEN orders END) AS orders_of_first_month,
        max(CASE WHEN place = 2 THEN month_offset END) AS second_month
    FROM ranked
    WHERE place <= 2
    GROUP BY activity_id, user_id
)
SELECT
    coalesce(before.activity_id, bought.activity_id) AS activity_id,
    coalesce(before.user_id, bought.user_id) AS user_id,
    before.known_first_offset,
    before.known_repeat_offset,
    coalesce(before.first_offset, bought.first_month) AS first_offset,
    CASE
        WHEN before.repeat_offset IS NOT NULL THEN before.repeat_offset
        WHEN before.first_offset IS NOT NULL THEN bought.first_month
        WHEN bought.orders_of_first_month >= 2 THEN bought.first_month
        ELSE bought.second_month
    END AS repeat_offset
FROM before
FULL OUTER JOIN bought ON bought.activity_id = before.activity_id AND bought.user_id = before.user_id
