-- what: rows with more active customers than orders
-- grain: one row per violating row of ltv_batch
-- parameters: none
SELECT activity_id, month_offset, active_users || ' active with ' || monthly_orders || ' orders' AS found
FROM ltv_batch
WHERE active_users > monthly_orders
ORDER BY activity_id, month_offset;
