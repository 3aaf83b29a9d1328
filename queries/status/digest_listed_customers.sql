-- what: the text of every row of listed_customers for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(user_id AS VARCHAR), '-')
) AS row_text
FROM listed_customers
ORDER BY activity_id, user_id;
