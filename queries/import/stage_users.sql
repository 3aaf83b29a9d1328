-- what: every line of the source, read once, with the reason why it cannot be used, if it cannot
-- grain: one row a line, in the source's order
-- parameters: none
-- Reads the view import_mapped, which the mapping makes.
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH worded AS (
    SELECT
        * EXCLUDE (gender, status, marketing_agree, grade, birth_date),
        gender AS gender_text,
        import_gender(gender) AS gender,
        status AS status_text,
        import_customer_status(status) AS status,
        marketing_agree AS consent_text,
        import_consent(marketing_agree) AS marketing_agree,
        grade AS grade_text,
        import_grade(grade) AS grade,
        import_birth_date(birth_date, birth_date_text) AS birth_date
    FROM import_mapped
),
judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN customer IS NULL THEN 'no customer'
            WHEN gender IS NULL AND gender_text IS NOT NULL AND NOT import_no_gender(gender_text) THEN 'unknown gender'
            WHEN birth_date IS NULL AND birth_date_text IS NOT NULL AND NOT import_no_date(birth_date_text) THEN
                'unreadable birth date'
            WHEN birth_date < DATE '1900-01-01' OR birth_date >= DATE '9999-12-31' THEN 'impossible birth date'
            WHEN status IS NULL AND status_text IS NOT NULL AND NOT import_says_nothing(status_text) THEN
                'unknown customer status'
            WHEN marketing_agree IS NULL AND consent_text IS NOT NULL AND NOT import_says_nothing(consent_text) THEN
                'unreadable consent'
            WHEN grade IS NULL AND grade_text IS NOT NULL THEN 'unknown grade'
            WHEN signed_up_at IS NULL AND signed_up_at_text IS NOT NULL AND NOT import_no_date(signed_up_at_text) THEN
                'unreadable date'
            WHEN signed_up_at < TIMESTAMP '0001-01-01' OR signed_up_at >= TIMESTAMP '9999-12-31' THEN
                'date out of range'
            -- The year 24 is a misread 2024.
            WHEN signed_up_at < TIMESTAMP '1000-01-01' AND NOT regexp_matches(signed_up_at_text, '^\d{4}') THEN
                'unreadable date'
        END AS problem
    FROM worded
)
SELECT
    file,
    customer AS key,
    name,
    gender,
    birth_date,
    region,
    status,
    marketing_agree,
    grade,
    signed_up_at,
    problem,
    CASE
        WHEN problem = 'unknown gender' THEN gender_text
        WHEN problem = 'unreadable birth date' THEN birth_date_text
        WHEN problem = 'impossible birth date' THEN CAST(birth_date AS VARCHAR)
        WHEN problem = 'unknown customer status' THEN status_text
        WHEN problem = 'unreadable consent' THEN consent_text
        WHEN problem = 'unknown grade' THEN grade_text
        WHEN problem IN ('unreadable date', 'date out of range') THEN signed_up_at_text
    END AS example
FROM judged;
