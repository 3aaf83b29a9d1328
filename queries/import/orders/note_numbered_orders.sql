-- what: notes the numbers that orders without an id of the shop's got here
-- grain: one row a range of numbers
-- parameters: first_id, last_id
INSERT INTO numbered_orders (first_id, last_id)
VALUES ($first_id, $last_id);
