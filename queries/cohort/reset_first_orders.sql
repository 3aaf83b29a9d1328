-- what: resets the cache of first orders
-- grain: one row a customer
-- parameters: none
DELETE FROM first_orders;
