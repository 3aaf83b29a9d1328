-- what: the customers of the lines, with their numbers
-- grain: one row a customer
-- parameters: none
-- A customer that the file knows keeps its number. An id that is a number keeps
-- that, if it is free (of 1 and 00001 the shorter has it); the others are
-- numbered on from the largest in use, in the order of their ids.
CREATE OR REPLACE TEMP TABLE import_customers AS
WITH seen AS (
    SELECT
        customer_number,
        customer_text,
        import_id(customer_number, customer_text) AS customer,
        min(created_at) AS first_at
    FROM import_lines
    GROUP BY customer_number, customer_text
),
matched AS (
    SELECT
        seen.customer_number, seen.customer_text, seen.customer, seen.first_at, users.user_id AS known_id,
        import_number(seen.customer) AS number
    FROM seen
    LEFT JOIN users ON users.external_id = seen.customer
),
claims AS (
    SELECT
        customer,
        number,
        row_number() OVER (PARTITION BY number ORDER BY length(customer), customer) AS claim
    FROM matched
    WHERE known_id IS NULL
      AND number IS NOT NULL
      AND number NOT IN (SELECT user_id FROM users)
),
placed AS (
    SELECT
        matched.customer_number,
        matched.customer_text,
        matched.customer,
        matched.first_at,
        matched.known_id IS NOT NULL AS is_known,
        coalesce(matched.known_id, claims.number) AS user_id
    FROM matched
    LEFT JOIN claims ON claims.customer = matched.customer AND claims.claim = 1
),
base AS (
    SELECT greatest(
        (SELECT coalesce(max(user_id), 0) FROM users),
        (SELECT coalesce(max(user_id), 0) FROM placed)
    ) AS last_id
)
SELECT
    customer_number,
    customer_text,
    customer,
    first_at,
    is_known,
    CASE
        WHEN user_id IS NOT NULL THEN user_id
        ELSE base.last_id + row_number() OVER (PARTITION BY user_id IS NULL ORDER BY customer)
    END AS user_id
FROM placed
CROSS JOIN base;
