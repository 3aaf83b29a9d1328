-- what: the customers of the lines, with their numbers
-- grain: one row per customer
-- parameters: none
-- reads: import_lines
-- makes: import_customers
-- A customer that the file knows keeps its number. An id that is a number keeps
-- that, if it is free (of 1 and 00001 the shorter has it); the others are
-- numbered on from the largest in use, in the order of their ids.
CREATE OR REPLACE TEMP TABLE import_customers AS
WITH numbered AS (
    SELECT customer_number, min(created_at) AS first_at
    FROM import_lines
    WHERE customer_number IS NOT NULL
    GROUP BY customer_number
),
named AS (
    SELECT customer_text, min(created_at) AS first_at
    FROM import_lines
    WHERE customer_text IS NOT NULL
    GROUP BY customer_text
),
seen AS (
    SELECT
        customer_number,
        CAST(NULL AS VARCHAR) AS customer_text,
        CAST(customer_number AS VARCHAR) AS customer,
        first_at
    FROM numbered
    UNION ALL
    SELECT CAST(NULL AS BIGINT) AS customer_number, customer_text, customer_text AS customer, first_at
    FROM named
),
matched AS (
    SELECT seen.*, users.user_id AS known_id
    FROM seen
    LEFT JOIN users ON users.external_id = seen.customer
),
claims AS (
    SELECT
        customer_text,
        import_number(customer_text) AS number,
        row_number() OVER (PARTITION BY number ORDER BY length(customer_text), customer_text) AS claim
    FROM matched
    WHERE known_id IS NULL
      AND customer_text IS NOT NULL
      AND import_number(customer_text) IS NOT NULL
      AND import_number(customer_text) NOT IN (SELECT customer_number FROM numbered)
),
wanted AS (
    SELECT matched.*, coalesce(matched.customer_number, claims.number) AS number
    FROM matched
    LEFT JOIN claims ON claims.customer_text = matched.customer_text AND claims.claim = 1
),
placed AS (
    SELECT
        wanted.* EXCLUDE (known_id, number),
        known_id IS NOT NULL AS is_known,
        CASE
            WHEN known_id IS NOT NULL THEN known_id
            WHEN taken.user_id IS NULL THEN number
        END AS user_id
    FROM wanted
    LEFT JOIN users AS taken ON taken.user_id = wanted.number
),
base AS (
    SELECT greatest(
        (SELECT coalesce(max(user_id), 0) FROM users),
        (SELECT coalesce(max(user_id), 0) FROM placed)
    ) AS last_id
)
SELECT customer_number, customer_text, customer, first_at, is_known, user_id
FROM placed
WHERE user_id IS NOT NULL
UNION ALL
SELECT
    customer_number,
    customer_text,
    customer,
    first_at,
    is_known,
    base.last_id + row_number() OVER (ORDER BY customer) AS user_id
FROM placed
CROSS JOIN base
WHERE user_id IS NULL;
