-- what: the orders of the import that the file holds already
-- grain: one row an order
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_there AS
SELECT DISTINCT order_number, CAST(NULL AS VARCHAR) AS order_text
FROM import_lines
SEMI JOIN (
    SELECT order_id
    FROM orders
    WHERE external_id IS NULL
) AS held ON held.order_id = import_lines.order_number
UNION ALL
SELECT DISTINCT CAST(NULL AS BIGINT) AS order_number, order_text
FROM import_lines
SEMI JOIN (
    SELECT external_id
    FROM orders
    WHERE external_id <> ''
) AS held ON held.external_id = import_lines.order_text;
