-- what: members whose first order does not exist or is another customer's
-- grain: one row per violating member
-- parameters: none
SELECT
    members.activity_id,
    NULL AS month_offset,
    'order ' || members.first_order_id || ' is not customer ' || members.user_id || '''s' AS found
FROM cohort_members AS members
ANTI JOIN orders ON orders.order_id = members.first_order_id AND orders.user_id = members.user_id
-- A member of a list needs no order.
WHERE members.first_order_id IS NOT NULL
ORDER BY members.activity_id, members.user_id;
