-- what: corrects the month of a member's first qualifying order where a due month shows an earlier one
-- grain: one row per member whose first order was refunded, moved or late
-- parameters: none
UPDATE cohort_members
SET first_offset = found.first_offset
FROM (
    SELECT members.activity_id, members.user_id, bought.first_offset
    FROM (
        SELECT activity_id, min(month_offset) AS from_offset, max(month_offset) AS until_offset
        FROM due_months
        GROUP BY activity_id
    ) AS due
    JOIN cohort_members AS members ON members.activity_id = due.activity_id
    LEFT JOIN (
        SELECT activity_id, user_id, min(month_offset) AS first_offset
        FROM member_months
        WHERE orders_before = 0
          AND orders > 0
        GROUP BY activity_id, user_id
    ) AS bought
      ON bought.user_id = members.user_id AND bought.activity_id = members.activity_id
    WHERE (members.first_offset IS NULL OR members.first_offset >= due.from_offset)
      AND bought.first_offset IS DISTINCT FROM members.first_offset
      -- What lies beyond the due months stays as the freezing found it.
      AND (bought.first_offset IS NOT NULL OR members.first_offset <= due.until_offset)
) AS found
WHERE found.user_id = cohort_members.user_id
  AND found.activity_id = cohort_members.activity_id;
