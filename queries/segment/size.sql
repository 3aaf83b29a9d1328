-- what: how many customers a segment has
-- grain: one row
-- parameters: none
-- reads: segment_customers
SELECT count(*) AS customers
FROM segment_customers;
