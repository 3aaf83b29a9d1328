-- what: every line of the source, read once, with the reason why it cannot be used, if it cannot
-- grain: one row a line, in the source's order
-- parameters: none (reads the view import_mapped, which the mapping makes)
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH judged AS (
    SELECT
        *,
        CASE
            WHEN is_malformed THEN 'wrong number of columns'
            WHEN needs_order_id AND order_text IS NULL THEN 'no order id'
            WHEN customer IS NULL THEN 'no customer'
            WHEN created_at IS NULL THEN
                CASE WHEN created_text IS NULL THEN 'no date' ELSE 'unreadable date' END
            WHEN created_at < TIMESTAMP '0001-01-01' OR created_at >= TIMESTAMP '9999-12-31' THEN 'date out of range'
            -- The year 24 is a misread 2024.
            WHEN created_at < TIMESTAMP '1000-01-01' AND NOT regexp_matches(created_text, '^\d{4}') THEN
                'unreadable date'
            WHEN amount IS NULL THEN
                CASE
                    WHEN import_text(amount_text) IS NULL THEN 'no amount'
                    WHEN import_too_large(amount_text) THEN 'amount too large'
                    ELSE 'unreadable amount'
                END
            WHEN quantity IS NULL AND import_text(quantity_text) IS NOT NULL THEN 'unreadable quantity'
            WHEN unit_price IS NULL AND import_text(unit_price_text) IS NOT NULL THEN 'unreadable unit price'
            WHEN status IS NULL AND status_text IS NOT NULL THEN 'unknown status'
            WHEN activity_id IS NULL AND activity_text IS NOT NULL THEN 'unknown activity'
        END AS problem
    FROM import_mapped
)
SELECT
    file,
    order_text,
    import_number(order_text) AS order_number,
    customer,
    product,
    activity_id,
    coalesce(quantity, 1) AS quantity,
    unit_price,
    amount,
    coalesce(status, CAST('Success' AS order_status)) AS status,
    created_at,
    problem,
    CASE
        WHEN problem IN ('unreadable date', 'date out of range') THEN created_text
        WHEN problem IN ('unreadable amount', 'amount too large') THEN amount_text
        WHEN problem = 'unreadable quantity' THEN quantity_text
        WHEN problem = 'unreadable unit price' THEN unit_price_text
        WHEN problem = 'unknown status' THEN status_text
        WHEN problem = 'unknown activity' THEN activity_text
    END AS example
FROM judged;
