-- what: every line of the source, read once, with the reason why it is unusable, if any
-- grain: one row per line; its row number is the line's
-- parameters: needs_order_id (the source gives order ids)
-- reads: import_mapped
-- makes: import_lines
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN $needs_order_id AND order_id_number IS NULL AND order_id_text IS NULL THEN 'no order id'
            WHEN customer_number IS NULL AND customer_text IS NULL THEN 'no customer'
            WHEN created_at IS NULL AND created_at_text IS NULL THEN 'no date'
            WHEN import_date_problem(created_at, created_at_text) IS NOT NULL THEN
                import_date_problem(created_at, created_at_text)
            WHEN amount IS NULL THEN
                CASE
                    WHEN import_text(amount_text) IS NULL THEN 'no amount'
                    WHEN import_too_large(amount_text) THEN 'amount too large'
                    ELSE 'unreadable amount'
                END
            WHEN quantity IS NULL AND import_text(quantity_text) IS NOT NULL THEN 'unreadable quantity'
            WHEN unit_price IS NULL AND import_text(unit_price_text) IS NOT NULL THEN 'unreadable unit price'
            WHEN status IS NULL AND status_text IS NOT NULL THEN 'unknown status'
        END AS problem
    FROM import_mapped
)
SELECT
    file,
    order_id_number AS order_number,
    order_id_text AS order_text,
    customer_number,
    customer_text,
    coalesce(product_id, product) AS product,
    activity_id AS activity,
    coalesce(quantity, 1) AS quantity,
    unit_price,
    amount,
    coalesce(status, CAST('Success' AS order_status)) AS status,
    created_at,
    CAST(problem AS line_problem) AS problem,
    CAST(CASE
        WHEN problem IN ('unreadable date', 'date out of range') THEN created_at_text
        WHEN problem IN ('unreadable amount', 'amount too large') THEN amount_text
        WHEN problem = 'unreadable quantity' THEN quantity_text
        WHEN problem = 'unreadable unit price' THEN unit_price_text
        WHEN problem = 'unknown status' THEN status_text
    END AS VARCHAR) AS example
FROM judged;
