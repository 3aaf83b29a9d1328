-- what: the customers of the lines, with the existing ones
-- grain: one row per customer
-- parameters: none
-- reads: import_lines
-- makes: import_matched
CREATE OR REPLACE TEMP TABLE import_matched AS
WITH brought AS (
    SELECT rowid AS record, key, import_number(key) AS number
    FROM import_lines
    WHERE problem IS NULL
)
SELECT
    brought.record,
    brought.key,
    users.user_id AS known_id,
    -- A customer known from orders alone has nothing to lose.
    coalesce(
        users.name IS NOT NULL OR users.gender IS NOT NULL OR users.birth_date IS NOT NULL
        OR users.region IS NOT NULL OR users.status IS NOT NULL OR users.marketing_agree IS NOT NULL,
        false
    ) AS is_described,
    CASE WHEN taken.user_id IS NULL THEN brought.number END AS free_number,
    (SELECT coalesce(max(user_id), 0) FROM users) AS last_number
FROM brought
LEFT JOIN users ON users.external_id = brought.key
LEFT JOIN users AS taken ON taken.user_id = brought.number;
