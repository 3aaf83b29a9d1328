-- what: orders of the import that exist already
-- grain: one row per order, at most five, with the count of all
-- parameters: none
-- reads: import_there
SELECT import_id(order_number, order_text) AS order_id, count(*) OVER () AS found
FROM import_there
ORDER BY length(order_id), order_id
LIMIT 5;
