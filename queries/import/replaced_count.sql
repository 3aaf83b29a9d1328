-- what: how many orders are replaced
-- grain: one row
-- parameters: none
SELECT count(*)
FROM import_replaced;
