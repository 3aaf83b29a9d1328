-- what: forgets the first orders that late ones may come before
-- grain: one row a customer
-- parameters: first_at (the earliest new order)
DELETE FROM first_orders
WHERE created_at >= $first_at;
