-- what: the same where the numbers go on from ones that are noted
-- grain: one row a range of numbers
-- parameters: first_id, last_id
UPDATE numbered_orders
SET last_id = $last_id
WHERE last_id = $first_id - 1;
