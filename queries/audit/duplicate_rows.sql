-- what: keys that occur twice in the batch
-- grain: one row per activity and month offset
-- parameters: none
SELECT activity_id, month_offset, count(*) || ' rows' AS found
FROM ltv_batch
GROUP BY activity_id, month_offset
HAVING count(*) > 1
ORDER BY activity_id, month_offset;
