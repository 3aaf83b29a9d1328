-- what: restores collected_at of rows that came out unchanged
-- grain: one row per activity and month offset
-- parameters: none
UPDATE ltv_batch
SET collected_at = before.collected_at
FROM rows_before AS before
WHERE before.activity_id = ltv_batch.activity_id
  AND before.month_offset = ltv_batch.month_offset
  AND before.collected_at <> ltv_batch.collected_at
  AND before.collected_at >= (
      SELECT min(start_at + to_months(before.month_offset + 1))
      FROM campaign_activities AS activities
      WHERE activities.activity_id = before.activity_id
  )
  AND NOT EXISTS (
      SELECT 1
      FROM changed_cells AS changed
      WHERE changed.activity_id = before.activity_id
        AND changed.month_offset = before.month_offset
        AND changed.field <> 'slice_hash'
  );
