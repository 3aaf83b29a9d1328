-- what: the activities of the lines, with the existing ones
-- grain: one row per activity
-- parameters: none
-- reads: import_lines
-- makes: import_matched
-- An activity is found by the shop's own id; without one by its name, if only one has it.
CREATE OR REPLACE TEMP TABLE import_matched AS
WITH brought AS (
    SELECT rowid AS record, key, id, name, import_number(id) AS number
    FROM import_lines
    WHERE problem IS NULL
),
names AS (
    SELECT name, min(activity_id) AS activity_id
    FROM campaign_activities
    GROUP BY name
    HAVING count(*) = 1
),
candidates AS (
    SELECT brought.record, known.activity_id, 1 AS rank
    FROM brought
    JOIN campaign_activities AS known ON known.external_id = brought.id
    UNION ALL
    -- The file's own, such as those of a calendar, have a number and no other id.
    SELECT brought.record, known.activity_id, 2 AS rank
    FROM brought
    JOIN campaign_activities AS known ON known.activity_id = brought.number AND known.name = brought.name
    WHERE known.external_id IS NULL
    UNION ALL
    SELECT brought.record, names.activity_id, 3 AS rank
    FROM brought
    JOIN names ON names.name = brought.name
    WHERE brought.id IS NULL
),
best AS (
    SELECT record, min(rank) AS rank, arg_min(activity_id, (rank, activity_id)) AS activity_id
    FROM candidates
    GROUP BY record
),
-- An activity is one line's only.
settled AS (
    SELECT record, activity_id
    FROM best
    QUALIFY row_number() OVER (PARTITION BY activity_id ORDER BY rank, record) = 1
)
SELECT
    brought.record,
    brought.key,
    settled.activity_id AS known_id,
    settled.activity_id IS NOT NULL AS is_described,
    CASE WHEN taken.activity_id IS NULL THEN brought.number END AS free_number,
    (SELECT coalesce(max(activity_id), 0) FROM campaign_activities) AS last_number
FROM brought
LEFT JOIN settled ON settled.record = brought.record
LEFT JOIN campaign_activities AS taken ON taken.activity_id = brought.number;
