-- what: how many customers and products the import brings, and how many customers were known
-- grain: one row
-- parameters: none
SELECT
    count(*) FILTER (WHERE NOT is_known) AS customers_created,
    count(*) FILTER (WHERE is_known) AS customers_known,
    (SELECT count(*) FROM import_products WHERE NOT is_known) AS products_created
FROM import_customers;
