-- what: deletes the cached first orders that late orders may precede
-- grain: one row per customer
-- parameters: first_at (the earliest new order)
DELETE FROM first_orders
WHERE created_at >= $first_at;
