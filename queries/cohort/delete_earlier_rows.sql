-- what: deletes every row but each activity's last
-- grain: one row per activity and month offset
-- parameters: none
DELETE FROM ltv_batch
USING stale_activities AS kept
WHERE kept.activity_id = ltv_batch.activity_id
  AND ltv_batch.month_offset < kept.from_offset - 1;
