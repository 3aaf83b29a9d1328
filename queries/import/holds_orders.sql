-- what: whether the file holds any order
-- grain: one row
-- parameters: none
SELECT EXISTS (SELECT 1 FROM orders);
