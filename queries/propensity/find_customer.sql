-- what: a customer by the shop's own id, or by ours
-- grain: one row, or none; the shop's own id first
-- parameters: id (text)
SELECT user_id
FROM users
WHERE external_id = $id
   OR user_id = TRY_CAST($id AS BIGINT)
ORDER BY external_id IS NOT DISTINCT FROM $id DESC, user_id
LIMIT 1;
