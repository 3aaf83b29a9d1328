-- what: moves the sign-up of existing customers back to a late order
-- grain: one row per customer
-- parameters: none
-- reads: import_customers
UPDATE users
SET signed_up_at = late.first_at
FROM import_customers AS late
WHERE late.is_known
  AND late.user_id = users.user_id
  AND late.first_at < users.signed_up_at;
