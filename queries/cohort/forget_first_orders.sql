-- what: forgets every first order, to learn them again
-- grain: one row a customer
-- parameters: none
DELETE FROM first_orders;
