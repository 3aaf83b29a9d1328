-- what: the first lines as understood
-- grain: one row per line, at most five
-- parameters: none
-- reads: import_lines
SELECT
    key, name, CAST(gender AS VARCHAR), import_shown(birth_date) AS birth_date, region, CAST(status AS VARCHAR), marketing_agree,
    CAST(grade AS VARCHAR), import_shown(signed_up_at) AS signed_up_at
FROM import_lines
ORDER BY rowid
LIMIT 5;
