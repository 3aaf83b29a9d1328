-- what: the state of a simulation: the rows written and the next order's number
-- grain: one row
-- parameters: none
SELECT
    (SELECT count(*) FROM users) AS users,
    (SELECT count(*) FROM campaign_activities WHERE channel <> 'organic') AS activities,
    (SELECT coalesce(max(order_id), 0) + 1 FROM orders) AS next_order_id;
