-- what: the customers that the file does not know
-- grain: one row a customer
-- parameters: untold (when those signed up of whom nobody tells)
INSERT INTO users (
    user_id, external_id, name, gender, birth_date, region, status, marketing_agree, grade, signed_up_at
)
SELECT
    signed.user_id,
    lines.key,
    lines.name,
    lines.gender,
    lines.birth_date,
    lines.region,
    lines.status,
    lines.marketing_agree,
    coalesce(lines.grade, CAST('BRONZE' AS grade)),
    coalesce(signed.signed_up_at, CAST($untold AS TIMESTAMP))
FROM import_sign_ups AS signed
JOIN import_lines AS lines ON lines.rowid = signed.line
WHERE NOT signed.is_known
ORDER BY signed.user_id;
