-- what: the members who became repeat customers in a due month, and in which
-- grain: one row per activity and member
-- parameters: none
CREATE OR REPLACE TEMP TABLE new_repeats AS
WITH candidates AS (
    SELECT activity_id, user_id, month_offset
    FROM member_months
    WHERE (orders_before = 1 AND orders >= 1)
       OR (orders_before = 0 AND orders >= 2)
    UNION ALL
    -- Without an order before, the second month that holds one; only a catch-up has it.
    SELECT activity_id, user_id, min(month_offset, 2)[2] AS month_offset
    FROM member_months
    WHERE orders_before = 0
      AND orders > 0
      AND activity_id IN (SELECT activity_id FROM due_months GROUP BY activity_id HAVING count(*) > 1)
    GROUP BY activity_id, user_id
    HAVING count(*) > 1
)
SELECT activity_id, user_id, min(month_offset) AS month_offset
FROM candidates
GROUP BY activity_id, user_id;
