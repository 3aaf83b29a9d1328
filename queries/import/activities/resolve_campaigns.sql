-- what: the campaigns of the activities to write, with their numbers
-- grain: one row per campaign; key is what the lines call it
-- parameters: none
-- reads: import_records, import_lines
-- makes: import_campaigns
-- A campaign is found by its name, or by its number where the lines give no name. One that
-- is not found is new: a number keeps its number, if it is free, the others are
-- numbered on from the largest in use, in the order of their keys.
CREATE OR REPLACE TEMP TABLE import_campaigns AS
WITH seen AS (
    SELECT coalesce(lines.campaign_id, lines.campaign, 'no campaign') AS key, min(lines.campaign) AS name
    FROM import_records AS records
    JOIN import_lines AS lines ON lines.rowid = records.record
    WHERE NOT records.is_known
       OR lines.campaign_id IS NOT NULL
       OR lines.campaign IS NOT NULL
    GROUP BY 1
),
names AS (
    SELECT name, min(campaign_id) AS campaign_id
    FROM campaigns
    GROUP BY name
),
matched AS (
    SELECT
        seen.key,
        coalesce(seen.name, seen.key) AS name,
        import_number(seen.key) AS number,
        numbers.campaign_id IS NOT NULL AS number_is_taken,
        CASE
            WHEN numbers.campaign_id IS NOT NULL AND (seen.name IS NULL OR seen.name = numbers.name) THEN
                numbers.campaign_id
            ELSE names.campaign_id
        END AS known_id
    FROM seen
    LEFT JOIN campaigns AS numbers ON numbers.campaign_id = import_number(seen.key)
    LEFT JOIN names ON names.name = coalesce(seen.name, seen.key)
),
placed AS (
    SELECT
        key,
        name,
        known_id IS NOT NULL AS is_known,
        CASE
            WHEN known_id IS NOT NULL THEN known_id
            WHEN number_is_taken THEN NULL
            WHEN row_number() OVER (
                PARTITION BY number, known_id IS NULL ORDER BY length(key), key
            ) = 1 THEN number
        END AS campaign_id
    FROM matched
),
base AS (
    SELECT greatest(
        (SELECT coalesce(max(campaign_id), 0) FROM campaigns),
        (SELECT coalesce(max(campaign_id), 0) FROM placed)
    ) AS last_id
)
SELECT
    key,
    name,
    is_known,
    CASE
        WHEN campaign_id IS NOT NULL THEN campaign_id
        ELSE base.last_id + row_number() OVER (PARTITION BY campaign_id IS NULL ORDER BY key)
    END AS campaign_id
FROM placed
CROSS JOIN base;
