-- what: the frozen cohorts whose window had closed by an instant (of lists: that had started), with their members
-- grain: one row per activity and member, by start
-- parameters: as_of
SELECT
    activities.activity_id,
    activities.cohort,
    activities.name,
    activities.start_at,
    members.user_id
FROM campaign_activities AS activities
JOIN cohort_members AS members ON members.activity_id = activities.activity_id
WHERE activities.frozen
  AND CASE
      WHEN activities.cohort = 'listed' THEN activities.start_at < $as_of
      ELSE coalesce(activities.end_at, activities.start_at + INTERVAL 1 MONTH) <= $as_of
  END
ORDER BY activities.start_at, activities.activity_id, members.user_id;
