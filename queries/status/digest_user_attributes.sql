-- what: the text of every row of user_attributes for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(name AS VARCHAR), '-'),
    coalesce('=' || CAST(value AS VARCHAR), '-')
) AS row_text
FROM user_attributes
ORDER BY user_id, name;
