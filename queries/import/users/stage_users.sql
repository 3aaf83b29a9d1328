-- what: every line of the source, read once, with the reason why it is unusable, if any
-- grain: one row per line; its row number is the line's
-- parameters: none
-- reads: import_mapped
-- makes: import_lines
CREATE OR REPLACE TEMP TABLE import_lines AS
WITH born AS (
    SELECT * EXCLUDE (birth_date), import_birth_date(birth_date, birth_date_text) AS birth_date
    FROM import_mapped
),
judged AS (
    SELECT
        *,
        CASE
            WHEN malformed IS NOT NULL THEN malformed
            WHEN customer IS NULL THEN 'no customer'
            WHEN gender IS NULL AND gender_text IS NOT NULL THEN 'unknown gender'
            WHEN birth_date IS NULL AND birth_date_text IS NOT NULL THEN 'unreadable birth date'
            WHEN birth_date < DATE '1900-01-01' OR birth_date >= DATE '9999-12-31' THEN 'impossible birth date'
            WHEN status IS NULL AND status_text IS NOT NULL THEN 'unknown customer status'
            WHEN marketing_agree IS NULL AND marketing_agree_text IS NOT NULL THEN 'unreadable consent'
            WHEN grade IS NULL AND grade_text IS NOT NULL THEN 'unknown grade'
            ELSE import_date_problem(signed_up_at, signed_up_at_text)
        END AS problem
    FROM born
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
    attributes,
    CAST(problem AS line_problem) AS problem,
    CAST(CASE
        WHEN problem = 'unknown gender' THEN gender_text
        WHEN problem = 'unreadable birth date' THEN birth_date_text
        WHEN problem = 'impossible birth date' THEN CAST(birth_date AS VARCHAR)
        WHEN problem = 'unknown customer status' THEN status_text
        WHEN problem = 'unreadable consent' THEN marketing_agree_text
        WHEN problem = 'unknown grade' THEN grade_text
        WHEN problem IN ('unreadable date', 'date out of range') THEN signed_up_at_text
    END AS VARCHAR) AS example
FROM judged;
