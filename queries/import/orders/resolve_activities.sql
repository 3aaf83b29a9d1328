-- what: the activities of the lines, with their numbers; NULL for unknown ones
-- grain: one row per activity
-- parameters: none
-- reads: import_lines
-- makes: import_activities
-- An activity is found by the shop's own id, then by its number, then by a name that
-- only one has.
CREATE OR REPLACE TEMP TABLE import_activities AS
WITH seen AS (
    SELECT DISTINCT activity
    FROM import_lines
    WHERE activity IS NOT NULL
),
own AS (
    SELECT external_id, min(activity_id) AS activity_id
    FROM campaign_activities
    GROUP BY external_id
),
names AS (
    SELECT name, min(activity_id) AS activity_id
    FROM campaign_activities
    GROUP BY name
    HAVING count(*) = 1
)
SELECT seen.activity, coalesce(own.activity_id, numbers.activity_id, names.activity_id) AS activity_id
FROM seen
LEFT JOIN own ON own.external_id = seen.activity
LEFT JOIN campaign_activities AS numbers ON numbers.activity_id = import_number(seen.activity)
LEFT JOIN names ON names.name = seen.activity;
