-- what: every line of the source, read once, with the reason why it is unusable, if any
-- grain: one row per line; its row number is the line's
-- parameters: none
-- reads: import_mapped
-- makes: import_lines
-- An activity is found by the shop's own id, then by its number, then by a name that only one has; a
-- customer by the shop's own id.
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH own AS (
    SELECT external_id, min(activity_id) AS activity_id
    FROM campaign_activities
    GROUP BY external_id
),
names AS (
    SELECT name, min(activity_id) AS activity_id
    FROM campaign_activities
    GROUP BY name
    HAVING count(*) = 1
),
found AS (
    SELECT
        mapped.*,
        coalesce(own.activity_id, numbers.activity_id, names.activity_id) AS number,
        users.user_id
    FROM import_mapped AS mapped
    LEFT JOIN own ON own.external_id = mapped.activity_id
    LEFT JOIN campaign_activities AS numbers ON numbers.activity_id = import_number(mapped.activity_id)
    LEFT JOIN names ON names.name = mapped.activity_id
    LEFT JOIN users ON users.external_id = mapped.customer
)
SELECT
    found.file,
    CAST(found.number AS VARCHAR) || ' ' || CAST(found.user_id AS VARCHAR) AS key,
    found.activity_id AS activity,
    found.customer,
    found.number AS activity_id,
    found.user_id,
    CAST(CASE
        WHEN found.malformed IS NOT NULL THEN found.malformed
        WHEN found.activity_id IS NULL THEN 'no activity'
        WHEN found.customer IS NULL THEN 'no customer'
        WHEN found.number IS NULL THEN 'unknown activity'
        WHEN activities.cohort <> 'listed' THEN 'activity without a list'
        WHEN found.user_id IS NULL THEN 'unknown customer'
    END AS line_problem) AS problem,
    CAST(CASE
        WHEN found.activity_id IS NULL OR found.customer IS NULL THEN NULL
        WHEN found.number IS NULL OR activities.cohort <> 'listed' THEN found.activity_id
        WHEN found.user_id IS NULL THEN found.customer
    END AS VARCHAR) AS example
FROM found
LEFT JOIN campaign_activities AS activities ON activities.activity_id = found.number
ORDER BY found.record;
