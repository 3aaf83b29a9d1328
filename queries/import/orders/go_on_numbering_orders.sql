-- what: extends the last recorded range of order numbers given here
-- grain: one row per range of numbers
-- parameters: first_id, last_id
UPDATE numbered_orders
SET last_id = $last_id
WHERE last_id = $first_id - 1;
