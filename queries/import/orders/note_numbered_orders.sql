-- what: records a range of order numbers given here
-- grain: one row per range of numbers
-- parameters: first_id, last_id
INSERT INTO numbered_orders (first_id, last_id)
VALUES ($first_id, $last_id);
