-- what: resets the cache of first orders
-- grain: one row per customer
-- parameters: none
DELETE FROM first_orders;
