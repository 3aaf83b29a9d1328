-- what: the grade updates of a span of as-ofs, counted over the customers in the segment
-- grain: one row per run
-- parameters: from, to (half-open)
-- reads: grade_steps, segment_customers
WITH runs AS (
    SELECT run_id, as_of FROM grade_runs
),
steps AS (
    SELECT steps.run_id, steps.grade, steps.customers
    FROM grade_steps AS steps
    JOIN segment_customers AS customers ON customers.user_id = steps.user_id
),
by_run AS (
    SELECT
        runs.run_id,
        runs.as_of,
        coalesce(sum(steps.customers), 0) AS customers,
        coalesce(sum(steps.customers) FILTER (WHERE steps.grade = 'VIP'), 0) AS vip,
        coalesce(sum(steps.customers) FILTER (WHERE steps.grade = 'GOLD'), 0) AS gold,
        coalesce(sum(steps.customers) FILTER (WHERE steps.grade = 'SILVER'), 0) AS silver,
        coalesce(sum(steps.customers) FILTER (WHERE steps.grade = 'BRONZE'), 0) AS bronze
    FROM runs
    LEFT JOIN steps ON steps.run_id = runs.run_id
    GROUP BY runs.run_id, runs.as_of
),
so_far AS (
    SELECT
        run_id,
        as_of,
        CAST(sum(customers) OVER so_far AS BIGINT) AS customers,
        CAST(sum(vip) OVER so_far AS BIGINT) AS vip,
        CAST(sum(gold) OVER so_far AS BIGINT) AS gold,
        CAST(sum(silver) OVER so_far AS BIGINT) AS silver,
        CAST(sum(bronze) OVER so_far AS BIGINT) AS bronze
    FROM by_run
    WINDOW so_far AS (ORDER BY run_id)
),
moved AS (
    SELECT
        run_id,
        count(*) FILTER (WHERE changes.to_grade > changes.from_grade) AS promoted,
        count(*) FILTER (WHERE changes.to_grade < changes.from_grade) AS demoted
    FROM grade_changes AS changes
    JOIN segment_customers AS customers ON customers.user_id = changes.user_id
    GROUP BY run_id
)
SELECT
    so_far.run_id,
    so_far.as_of,
    so_far.customers,
    coalesce(moved.promoted, 0) AS promoted,
    coalesce(moved.demoted, 0) AS demoted,
    so_far.customers - coalesce(moved.promoted, 0) - coalesce(moved.demoted, 0) AS kept,
    so_far.vip,
    so_far.gold,
    so_far.silver,
    so_far.bronze
FROM so_far
LEFT JOIN moved ON moved.run_id = so_far.run_id
WHERE so_far.as_of >= $from
  AND so_far.as_of < $to
ORDER BY so_far.run_id;
