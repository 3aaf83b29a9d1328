-- what: how many written rows of the batch predate a new start or budget, and how many
--       frozen cohorts will not know a new acquisition window
-- grain: one row
-- parameters: budget, end_at (whether the source gives them)
-- reads: import_records, import_lines
WITH changed AS (
    SELECT
        activities.activity_id,
        activities.frozen,
        lines.start_at <> activities.start_at
            OR ($budget AND lines.budget IS DISTINCT FROM activities.budget) AS has_new_figures,
        lines.start_at <> activities.start_at
            OR coalesce(CASE WHEN $end_at THEN lines.end_at ELSE activities.end_at END,
                   lines.start_at + INTERVAL 1 MONTH)
               <> coalesce(activities.end_at, activities.start_at + INTERVAL 1 MONTH)
            OR coalesce(lines.cohort <> activities.cohort, false)
            OR coalesce(lines.is_organic <> (activities.channel = 'organic'), false) AS has_new_window
    FROM import_records AS records
    JOIN import_lines AS lines ON lines.rowid = records.record
    JOIN campaign_activities AS activities ON activities.activity_id = records.number
    WHERE records.is_known
)
SELECT
    (
        SELECT count(*)
        FROM ltv_batch
        JOIN changed ON changed.activity_id = ltv_batch.activity_id
        WHERE changed.has_new_figures
    ) AS stale_months,
    (SELECT count(*) FROM changed WHERE frozen AND has_new_window) AS frozen_windows;
