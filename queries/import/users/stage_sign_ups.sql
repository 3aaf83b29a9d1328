-- what: the sign-ups of the customers to write: as given, but never after their first order
-- grain: one row per customer
-- parameters: none
-- reads: import_records, import_lines
-- makes: import_sign_ups
CREATE OR REPLACE TEMP TABLE import_sign_ups AS
WITH firsts AS (
    SELECT user_id, min(created_at) AS first_order_at
    FROM orders
    WHERE user_id IN (SELECT number FROM import_records WHERE is_known)
    GROUP BY user_id
)
SELECT
    records.record,
    records.number AS user_id,
    records.is_known,
    import_lines.signed_up_at AS said,
    CASE
        WHEN firsts.first_order_at < import_lines.signed_up_at THEN firsts.first_order_at
        ELSE import_lines.signed_up_at
    END AS signed_up_at
FROM import_records AS records
JOIN import_lines ON import_lines.rowid = records.record
LEFT JOIN firsts ON firsts.user_id = records.number;
