-- what: the orders of the import that exist already, by their usable lines
-- grain: one row per order
-- parameters: none
-- reads: import_lines
-- makes: import_there
-- An order without a text has its number for an id, unless the number was given here.
-- A whole-number id whose number another order had is held as a text.
CREATE OR REPLACE TEMP TABLE import_there AS
WITH same_number AS (
    SELECT DISTINCT order_number
    FROM import_lines
    SEMI JOIN (
        SELECT order_id
        FROM orders
        WHERE external_id IS NULL
    ) AS held ON held.order_id = import_lines.order_number
    WHERE problem IS NULL
)
SELECT order_number, CAST(NULL AS VARCHAR) AS order_text
FROM same_number
WHERE NOT import_is_numbered(order_number)
UNION ALL
SELECT DISTINCT CAST(NULL AS BIGINT) AS order_number, CAST(order_number AS VARCHAR) AS order_text
FROM import_lines
SEMI JOIN (
    SELECT import_exact_number(external_id) AS number
    FROM orders
    WHERE external_id IS NOT NULL
) AS held ON held.number = import_lines.order_number
WHERE problem IS NULL
UNION ALL
SELECT DISTINCT CAST(NULL AS BIGINT) AS order_number, order_text
FROM import_lines
SEMI JOIN (
    SELECT external_id
    FROM orders
    WHERE external_id IS NOT NULL
) AS held ON held.external_id = import_lines.order_text
WHERE problem IS NULL;
