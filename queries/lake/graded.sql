-- what: each customer's grade before and after the update
-- grain: one row per customer
-- parameters: steps_down (how many steps a demotion may take: 1 or 3)
-- reads: graced_grades
WITH stepped AS (
    SELECT
        user_id,
        held,
        CASE WHEN earned < held - $steps_down THEN held - $steps_down ELSE earned END AS gets,
        amount,
        orders
    FROM graced_grades
)
SELECT
    user_id,
    held,
    gets,
    CASE held WHEN 3 THEN 'VIP' WHEN 2 THEN 'GOLD' WHEN 1 THEN 'SILVER' ELSE 'BRONZE' END AS from_grade,
    CASE gets WHEN 3 THEN 'VIP' WHEN 2 THEN 'GOLD' WHEN 1 THEN 'SILVER' ELSE 'BRONZE' END AS to_grade,
    amount,
    orders
FROM stepped
