-- what: how many customers and products the import brings, and how many customers were known; the end of the
--       last acquisition window whose members are frozen
-- grain: one row
-- parameters: none
-- reads: import_customers, import_products
SELECT
    count(*) FILTER (WHERE NOT is_known) AS customers_created,
    count(*) FILTER (WHERE is_known) AS customers_known,
    (SELECT count(*) FROM import_products WHERE NOT is_known) AS products_created,
    (
        SELECT max(coalesce(end_at, start_at + INTERVAL 1 MONTH))
        FROM campaign_activities
        WHERE frozen
    ) AS last_frozen_window_end
FROM import_customers;
