-- what: the text of every row of grade_changes for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(as_of AS VARCHAR), '-'),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(from_grade AS VARCHAR), '-'),
    coalesce('=' || CAST(to_grade AS VARCHAR), '-'),
    coalesce('=' || CAST(amount AS VARCHAR), '-'),
    coalesce('=' || CAST(orders AS VARCHAR), '-')
) AS row_text
FROM grade_changes
ORDER BY as_of, user_id, run_id;
