-- what: organic activities whose windows overlap the staged periods, so that customers would be in two cohorts
-- grain: one row per activity
-- parameters: none
SELECT known.name, known.start_at, window_end(known.start_at, known.end_at) AS end_at
FROM campaign_activities AS known
WHERE known.channel = 'organic'
  AND EXISTS (
      SELECT 1
      FROM calendar_periods AS periods
      WHERE known.start_at < periods.end_at
        AND periods.start_at < window_end(known.start_at, known.end_at)
  )
ORDER BY known.start_at, known.activity_id;
