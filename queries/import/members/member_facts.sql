-- what: how many members are new, how many are listed already, of how many activities they are, and the
--       activities with written months that get new ones
-- grain: one row
-- parameters: none
-- reads: import_members
SELECT
    count(*) FILTER (WHERE NOT is_known) AS created,
    count(*) FILTER (WHERE is_known) AS already_listed,
    count(DISTINCT activity_id) AS activities,
    (
        SELECT string_agg(DISTINCT activities.name, ', ' ORDER BY activities.name)
        FROM import_members AS members
        JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
        WHERE NOT members.is_known
          AND members.activity_id IN (SELECT activity_id FROM ltv_batch)
    ) AS written_activities
FROM import_members;
