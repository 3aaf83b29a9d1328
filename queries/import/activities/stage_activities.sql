-- what: every line of the source, read once, with the reason why it is unusable, if any
-- grain: one row per line; its row number is the line's
-- parameters: none
-- reads: import_mapped
-- makes: import_lines
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN activity_id IS NULL AND name IS NULL THEN 'no activity'
            WHEN start_at IS NULL AND start_at_text IS NULL THEN 'no start'
            WHEN import_date_problem(start_at, start_at_text) IS NOT NULL THEN
                import_date_problem(start_at, start_at_text)
            WHEN import_date_problem(end_at, end_at_text) IS NOT NULL THEN import_date_problem(end_at, end_at_text)
            WHEN end_at <= start_at THEN 'ends before it starts'
            WHEN budget IS NULL AND import_text(budget_text) IS NOT NULL THEN
                CASE WHEN import_too_large(budget_text) THEN 'amount too large' ELSE 'unreadable budget' END
            WHEN budget < 0 THEN 'negative budget'
            WHEN cohort IS NULL AND cohort_text IS NOT NULL THEN 'unknown kind of cohort'
        END AS problem
    FROM (SELECT * EXCLUDE (end_at), import_end(end_at) AS end_at FROM import_mapped)
)
SELECT
    file,
    coalesce(activity_id, name) AS key,
    activity_id AS id,
    name,
    campaign_id,
    campaign,
    lower(channel) = 'organic' AS is_organic,
    channel,
    budget,
    start_at,
    end_at,
    cohort,
    CAST(problem AS line_problem) AS problem,
    CAST(CASE
        WHEN problem IN ('unreadable date', 'date out of range') THEN
            CASE WHEN import_date_problem(start_at, start_at_text) IS NOT NULL THEN start_at_text ELSE end_at_text END
        WHEN problem = 'ends before it starts' THEN CAST(start_at AS VARCHAR) || ' to ' || CAST(end_at AS VARCHAR)
        WHEN problem IN ('amount too large', 'unreadable budget') THEN budget_text
        WHEN problem = 'negative budget' THEN CAST(budget AS VARCHAR)
        WHEN problem = 'unknown kind of cohort' THEN cohort_text
    END AS VARCHAR) AS example
FROM judged;
