-- what: the products of the lines, with the existing ones
-- grain: one row per product
-- parameters: none
-- reads: import_lines
-- makes: import_matched
-- A product is found by the shop's own id, which may be written as another text of the same
-- number (007 and 7); one that only orders have named, also by a name that one line has.
CREATE OR REPLACE TEMP TABLE import_matched AS
WITH brought AS (
    SELECT
        rowid AS record,
        key,
        id,
        name,
        import_number(id) AS number,
        count(*) OVER (PARTITION BY name) AS lines_of_name
    FROM import_lines
    WHERE problem IS NULL
),
known AS (
    SELECT
        product_id,
        external_id,
        name,
        category IS NOT NULL OR price IS NOT NULL OR coalesce(external_id <> name, false) AS is_described
    FROM products
),
candidates AS (
    SELECT brought.record, known.product_id, 1 AS rank
    FROM brought
    JOIN known ON known.external_id = brought.id
    UNION ALL
    SELECT brought.record, known.product_id, 2 AS rank
    FROM brought
    JOIN known ON known.name = brought.id
    WHERE known.external_id IS NULL
    UNION ALL
    SELECT brought.record, known.product_id, 3 AS rank
    FROM brought
    JOIN known ON known.product_id = brought.number
    WHERE import_number(coalesce(known.external_id, known.name)) = brought.number
       OR (known.external_id IS NULL AND known.name = brought.name)
    UNION ALL
    SELECT brought.record, known.product_id, 4 AS rank
    FROM brought
    JOIN known ON known.name = brought.name
    WHERE brought.id IS NULL
       OR (brought.lines_of_name = 1 AND NOT known.is_described)
),
best AS (
    SELECT record, min(rank) AS rank, arg_min(product_id, (rank, product_id)) AS product_id
    FROM candidates
    GROUP BY record
),
-- A product is one line's only.
settled AS (
    SELECT record, product_id
    FROM best
    QUALIFY row_number() OVER (PARTITION BY product_id ORDER BY rank, record) = 1
)
SELECT
    brought.record,
    brought.key,
    settled.product_id AS known_id,
    coalesce(known.is_described, false) AS is_described,
    CASE WHEN taken.product_id IS NULL THEN brought.number END AS free_number,
    (SELECT coalesce(max(product_id), 0) FROM products) AS last_number
FROM brought
LEFT JOIN settled ON settled.record = brought.record
LEFT JOIN known ON known.product_id = settled.product_id
LEFT JOIN products AS taken ON taken.product_id = brought.number;
