-- what: the activities with a number, id of the shop's own, or name, and their numbers of frozen members
-- grain: one row per activity
-- parameters: activity_id (NULL where the name is no number), name
SELECT
    activities.activity_id,
    activities.name,
    activities.cohort,
    activities.start_at,
    activities.budget,
    (SELECT count(*) FROM cohort_members AS members WHERE members.activity_id = activities.activity_id) AS size
FROM campaign_activities AS activities
WHERE activities.activity_id = $activity_id
   OR activities.external_id = $name
   OR activities.name = $name
ORDER BY activities.activity_id;
