-- what: every line of the source, read once, with the reason why it is unusable, if any
-- grain: one row per line; its row number is the line's
-- parameters: none
-- reads: import_mapped
-- makes: import_lines
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN product_id IS NULL AND name IS NULL THEN 'no product'
            WHEN price IS NULL AND import_text(price_text) IS NOT NULL THEN
                CASE WHEN import_too_large(price_text) THEN 'amount too large' ELSE 'unreadable price' END
            WHEN price < 0 THEN 'negative price'
        END AS problem
    FROM import_mapped
)
SELECT
    file,
    coalesce(product_id, name) AS key,
    product_id AS id,
    name,
    category,
    price,
    CAST(problem AS line_problem) AS problem,
    CAST(CASE
        WHEN problem IN ('amount too large', 'unreadable price') THEN price_text
        WHEN problem = 'negative price' THEN CAST(price AS VARCHAR)
    END AS VARCHAR) AS example
FROM judged;
