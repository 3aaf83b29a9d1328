-- what: numbers the new records
-- grain: one row per good line
-- parameters: none
-- reads: import_matched
-- makes: import_records
-- What the file knows keeps its number. An id that is a number keeps that, if it is
-- free (of 1 and 00001 the shorter has it); the others are numbered on from the
-- largest in use, in the order of their keys.
CREATE OR REPLACE TEMP TABLE import_records AS
WITH claims AS (
    SELECT record, row_number() OVER (PARTITION BY free_number ORDER BY length(key), key, record) AS claim
    FROM import_matched
    WHERE known_id IS NULL
      AND free_number IS NOT NULL
),
placed AS (
    SELECT
        matched.record,
        matched.key,
        matched.known_id IS NOT NULL AS is_known,
        matched.is_described,
        matched.last_number,
        CASE
            WHEN matched.known_id IS NOT NULL THEN matched.known_id
            WHEN claims.claim = 1 THEN matched.free_number
        END AS number
    FROM import_matched AS matched
    LEFT JOIN claims ON claims.record = matched.record
),
base AS (
    SELECT greatest(max(last_number), coalesce(max(number), 0)) AS last_number
    FROM placed
)
SELECT
    placed.record,
    placed.key,
    placed.is_known,
    placed.is_described,
    CASE
        WHEN placed.number IS NOT NULL THEN placed.number
        ELSE base.last_number + row_number() OVER (PARTITION BY placed.number IS NULL ORDER BY placed.key, placed.record)
    END AS number
FROM placed
CROSS JOIN base;
