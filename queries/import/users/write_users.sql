-- what: writes the customers
-- grain: one row per customer
-- parameters: none
-- reads: import_people
INSERT INTO users (
    user_id, external_id, name, gender, birth_date, region, status, marketing_agree, grade, signed_up_at
)
SELECT user_id, external_id, name, gender, birth_date, region, status, marketing_agree, grade, signed_up_at
FROM import_people
ORDER BY user_id;
