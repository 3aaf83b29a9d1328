-- what: deletes the rows to rewrite, and rows beyond the longest cohort
-- grain: one row per activity and month offset
-- parameters: none
DELETE FROM ltv_batch
USING stale_activities AS stale
WHERE stale.activity_id = ltv_batch.activity_id
  AND (ltv_batch.month_offset >= stale.from_offset OR ltv_batch.month_offset < 0);
