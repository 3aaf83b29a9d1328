-- what: leaves rows that came out as they were as they were, when they were collected included
-- grain: one row an activity and month offset
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
  AND before.cohort_start_date IS NOT DISTINCT FROM ltv_batch.cohort_start_date
  AND before.cohort_size IS NOT DISTINCT FROM ltv_batch.cohort_size
  AND before.avg_cac IS NOT DISTINCT FROM ltv_batch.avg_cac
  AND before.ltv_cumulative IS NOT DISTINCT FROM ltv_batch.ltv_cumulative
  AND before.ltv_cac_ratio IS NOT DISTINCT FROM ltv_batch.ltv_cac_ratio
  AND before.cumulative_profit IS NOT DISTINCT FROM ltv_batch.cumulative_profit
  AND before.is_break_even IS NOT DISTINCT FROM ltv_batch.is_break_even
  AND before.monthly_revenue IS NOT DISTINCT FROM ltv_batch.monthly_revenue
  AND before.monthly_orders IS NOT DISTINCT FROM ltv_batch.monthly_orders
  AND before.active_users IS NOT DISTINCT FROM ltv_batch.active_users
  AND before.repeat_purchase_rate IS NOT DISTINCT FROM ltv_batch.repeat_purchase_rate
  AND before.avg_purchase_frequency IS NOT DISTINCT FROM ltv_batch.avg_purchase_frequency
  AND before.avg_order_value IS NOT DISTINCT FROM ltv_batch.avg_order_value
  AND before.cumulative_orders IS NOT DISTINCT FROM ltv_batch.cumulative_orders
  AND before.repeat_customers IS NOT DISTINCT FROM ltv_batch.repeat_customers;
