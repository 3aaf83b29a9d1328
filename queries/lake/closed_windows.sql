-- what: the cohorts to freeze: windows that have closed, lists that were imported
-- grain: one row per activity
-- parameters: as_of
-- reads: activities, listed_members, frozen_cohorts, members, written_rows
WITH windows AS (
    SELECT activity_id, channel, cohort, start_at, coalesce(end_at, months_after(start_at, 1)) AS window_end
    FROM activities
),
-- A list that has grown is frozen again, as long as no month is written.
growing AS (
    SELECT DISTINCT listed.activity_id
    FROM listed_members AS listed
    LEFT JOIN members ON members.activity_id = listed.activity_id AND members.user_id = listed.user_id
    LEFT JOIN (SELECT DISTINCT activity_id FROM written_rows) AS written
      ON written.activity_id = listed.activity_id
    WHERE members.user_id IS NULL
      AND written.activity_id IS NULL
)
SELECT windows.activity_id, windows.channel, windows.cohort, windows.start_at, windows.window_end
FROM windows
WHERE windows.cohort <> 'listed'
  AND windows.window_end <= $as_of
  AND NOT EXISTS (SELECT 1 FROM frozen_cohorts AS frozen WHERE frozen.activity_id = windows.activity_id)
UNION ALL
SELECT windows.activity_id, windows.channel, windows.cohort, windows.start_at, windows.window_end
FROM windows
JOIN growing ON growing.activity_id = windows.activity_id
WHERE windows.cohort = 'listed'
