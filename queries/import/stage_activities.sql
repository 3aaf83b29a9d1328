-- what: every line of the source, read once, with the reason why it cannot be used, if it cannot
-- grain: one row a line, in the source's order
-- parameters: none
-- Reads the view import_mapped, which the mapping makes.
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN activity_id IS NULL AND name IS NULL THEN 'no activity'
            WHEN start_at IS NULL THEN CASE WHEN start_at_text IS NULL THEN 'no start' ELSE 'unreadable date' END
            WHEN end_at IS NULL AND end_at_text IS NOT NULL AND NOT import_no_date(end_at_text) THEN 'unreadable date'
            WHEN start_at < TIMESTAMP '0001-01-01' OR start_at >= TIMESTAMP '9999-12-31'
                OR end_at < TIMESTAMP '0001-01-01' OR end_at >= TIMESTAMP '9999-12-31' THEN 'date out of range'
            -- The year 24 is a misread 2024.
            WHEN (start_at < TIMESTAMP '1000-01-01' AND NOT regexp_matches(start_at_text, '^\d{4}'))
                OR (end_at < TIMESTAMP '1000-01-01' AND NOT regexp_matches(end_at_text, '^\d{4}')) THEN
                'unreadable date'
            WHEN end_at <= start_at THEN 'ends before it starts'
            WHEN budget IS NULL AND import_text(budget_text) IS NOT NULL THEN
                CASE WHEN import_too_large(budget_text) THEN 'amount too large' ELSE 'unreadable budget' END
            WHEN budget < 0 THEN 'negative budget'
        END AS problem
    FROM import_mapped
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
    problem,
    CASE
        WHEN problem IN ('unreadable date', 'date out of range') THEN
            CASE
                WHEN start_at IS NULL OR start_at < TIMESTAMP '1000-01-01' OR start_at >= TIMESTAMP '9999-12-31' THEN
                    start_at_text
                ELSE end_at_text
            END
        WHEN problem = 'ends before it starts' THEN CAST(start_at AS VARCHAR) || ' to ' || CAST(end_at AS VARCHAR)
        WHEN problem IN ('amount too large', 'unreadable budget') THEN budget_text
        WHEN problem = 'negative budget' THEN CAST(budget AS VARCHAR)
    END AS example
FROM judged;
