-- what: deletes the orders that will be rewritten among the new ones
-- grain: one row per order
-- parameters: first_at (the earliest new order)
-- reads: import_tail
DELETE FROM orders
WHERE created_at >= $first_at
  AND EXISTS (SELECT 1 FROM import_tail);
