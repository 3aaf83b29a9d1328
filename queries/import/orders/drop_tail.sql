-- what: takes out the orders that will be written again, sorted among the new ones
-- grain: one row an order
-- parameters: first_at (the earliest new order)
-- reads: import_tail
DELETE FROM orders
WHERE created_at >= $first_at
  AND EXISTS (SELECT 1 FROM import_tail);
