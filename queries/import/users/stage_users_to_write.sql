-- what: the customers of the lines as rows of the file, existing and new
-- grain: one row per customer
-- parameters: name, gender, birth_date, region, status, marketing_agree (whether the source gives them);
--     grade (whether it is taken of known customers); untold (when those signed up of whom nobody tells)
-- reads: import_sign_ups, import_lines
-- makes: import_people
-- An empty value of a column that the source gives is unknown; a grade and a sign-up stay.
-- Known rows are taken out and written again: an UPDATE that meets a million rows out of
-- their order takes minutes.
CREATE OR REPLACE TEMP TABLE import_people AS
SELECT
    users.user_id,
    users.external_id,
    CASE WHEN $name THEN lines.name ELSE users.name END AS name,
    CASE WHEN $gender THEN lines.gender ELSE users.gender END AS gender,
    CASE WHEN $birth_date THEN lines.birth_date ELSE users.birth_date END AS birth_date,
    CASE WHEN $region THEN lines.region ELSE users.region END AS region,
    CASE WHEN $status THEN lines.status ELSE users.status END AS status,
    CASE WHEN $marketing_agree THEN lines.marketing_agree ELSE users.marketing_agree END AS marketing_agree,
    CASE WHEN $grade THEN coalesce(lines.grade, users.grade) ELSE users.grade END AS grade,
    coalesce(signed.signed_up_at, users.signed_up_at) AS signed_up_at
FROM import_sign_ups AS signed
JOIN import_lines AS lines ON lines.rowid = signed.record
JOIN users ON users.user_id = signed.user_id
WHERE signed.is_known
UNION ALL
SELECT
    signed.user_id,
    lines.key AS external_id,
    lines.name,
    lines.gender,
    lines.birth_date,
    lines.region,
    lines.status,
    lines.marketing_agree,
    coalesce(lines.grade, CAST('BRONZE' AS grade)) AS grade,
    coalesce(signed.signed_up_at, CAST($untold AS TIMESTAMP)) AS signed_up_at
FROM import_sign_ups AS signed
JOIN import_lines AS lines ON lines.rowid = signed.record
WHERE NOT signed.is_known;
