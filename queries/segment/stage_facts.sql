-- what: what is known of each customer in `users`, with the age group on a day
-- grain: one row per customer
-- parameters: day
-- makes: customer_facts
CREATE OR REPLACE TEMP TABLE customer_facts AS
SELECT
    user_id,
    external_id,
    name,
    CAST(gender AS VARCHAR) AS gender,
    birth_date,
    region,
    CAST(status AS VARCHAR) AS status,
    marketing_agree,
    CAST(grade AS VARCHAR) AS grade,
    signed_up_at,
    -- Cut at birthdays, which clamp to the 28th of February as in the score.
    CASE
        WHEN birth_date IS NULL THEN NULL
        WHEN $day < birth_date + to_months(240) THEN '10s'
        WHEN $day < birth_date + to_months(360) THEN '20s'
        WHEN $day < birth_date + to_months(480) THEN '30s'
        WHEN $day < birth_date + to_months(600) THEN '40s'
        ELSE '50+'
    END AS age_group
FROM users;
