-- what: gives known customers what the lines say of them
-- grain: one row a customer
-- parameters: name, gender, birth_date, region, status, marketing_agree (whether the source gives them);
--     grade (whether it is taken)
-- An empty value of a column that the source gives is unknown; a grade and a sign-up stay.
UPDATE users
SET
    name = CASE WHEN $name THEN brought.name ELSE users.name END,
    gender = CASE WHEN $gender THEN brought.gender ELSE users.gender END,
    birth_date = CASE WHEN $birth_date THEN brought.birth_date ELSE users.birth_date END,
    region = CASE WHEN $region THEN brought.region ELSE users.region END,
    status = CASE WHEN $status THEN brought.status ELSE users.status END,
    marketing_agree = CASE WHEN $marketing_agree THEN brought.marketing_agree ELSE users.marketing_agree END,
    grade = CASE WHEN $grade THEN coalesce(brought.grade, users.grade) ELSE users.grade END,
    signed_up_at = coalesce(brought.signed_up_at, users.signed_up_at)
FROM (
    SELECT
        signed.user_id, lines.name, lines.gender, lines.birth_date, lines.region, lines.status,
        lines.marketing_agree, lines.grade, signed.signed_up_at
    FROM import_sign_ups AS signed
    JOIN import_lines AS lines ON lines.rowid = signed.line
    WHERE signed.is_known
) AS brought
WHERE brought.user_id = users.user_id;
