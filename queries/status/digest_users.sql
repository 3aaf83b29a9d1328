-- what: the text of every row of users for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(external_id AS VARCHAR), '-'),
    coalesce('=' || CAST(name AS VARCHAR), '-'),
    coalesce('=' || CAST(gender AS VARCHAR), '-'),
    coalesce('=' || CAST(birth_date AS VARCHAR), '-'),
    coalesce('=' || CAST(region AS VARCHAR), '-'),
    coalesce('=' || CAST(status AS VARCHAR), '-'),
    coalesce('=' || CAST(marketing_agree AS VARCHAR), '-'),
    coalesce('=' || CAST(grade AS VARCHAR), '-'),
    coalesce('=' || CAST(signed_up_at AS VARCHAR), '-')
) AS row_text
FROM users
ORDER BY user_id;
