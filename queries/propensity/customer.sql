-- what: a customer's attributes for scoring
-- grain: one row, or none
-- parameters: user_id
SELECT user_id, external_id, name, gender, birth_date, status, marketing_agree, grade, signed_up_at
FROM users
WHERE user_id = $user_id;
