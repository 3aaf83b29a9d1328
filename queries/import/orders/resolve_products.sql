-- what: the products of the lines, with their numbers
-- grain: one row per product
-- parameters: by_id (whether a number may be a product's product_id)
-- reads: import_lines
-- makes: import_products
-- A product is found by the shop's own id, by its name, then (if by_id) by its number. One that is not
-- found is new: a number keeps its number, if it is free, the others are numbered
-- on from the largest in use, in the order of their names.
CREATE OR REPLACE TEMP TABLE import_products AS
WITH seen AS (
    SELECT DISTINCT product
    FROM import_lines
    WHERE product IS NOT NULL
),
names AS (
    SELECT name, min(product_id) AS product_id
    FROM products
    GROUP BY name
),
own AS (
    SELECT external_id, min(product_id) AS product_id
    FROM products
    GROUP BY external_id
),
matched AS (
    SELECT
        seen.product,
        coalesce(own.product_id, names.product_id, CASE WHEN $by_id THEN numbers.product_id END) AS known_id,
        import_number(seen.product) AS number
    FROM seen
    LEFT JOIN own ON own.external_id = seen.product
    LEFT JOIN names ON names.name = seen.product
    LEFT JOIN products AS numbers ON numbers.product_id = import_number(seen.product)
),
claims AS (
    SELECT
        product,
        number,
        row_number() OVER (PARTITION BY number ORDER BY length(product), product) AS claim
    FROM matched
    WHERE known_id IS NULL
      AND number IS NOT NULL
      AND number NOT IN (SELECT product_id FROM products)
),
placed AS (
    SELECT
        matched.product,
        matched.known_id IS NOT NULL AS is_known,
        coalesce(matched.known_id, claims.number) AS product_id
    FROM matched
    LEFT JOIN claims ON claims.product = matched.product AND claims.claim = 1
),
base AS (
    SELECT greatest(
        (SELECT coalesce(max(product_id), 0) FROM products),
        (SELECT coalesce(max(product_id), 0) FROM placed)
    ) AS last_id
)
SELECT
    product,
    is_known,
    CASE
        WHEN product_id IS NOT NULL THEN product_id
        ELSE base.last_id + row_number() OVER (PARTITION BY product_id IS NULL ORDER BY product)
    END AS product_id
FROM placed
CROSS JOIN base;
