-- what: the text of every row of cohort_members for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(first_order_id AS VARCHAR), '-'),
    coalesce('=' || CAST(first_order_at AS VARCHAR), '-')
) AS row_text
FROM cohort_members
ORDER BY activity_id, user_id;
