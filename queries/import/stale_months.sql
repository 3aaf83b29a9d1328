-- what: how many written rows of the batch the new orders make stale: a member's counted order
--       lies in a written month, whose row and the later, cumulative ones no longer hold
-- grain: one row
-- parameters: none
WITH hit AS (
    SELECT
        activities.activity_id,
        min(month_offset_of(activities.start_at, import_orders.created_at)) AS first_offset
    FROM import_orders
    JOIN import_customers ON import_customers.customer = import_orders.customer
    JOIN cohort_members AS members ON members.user_id = import_customers.user_id
    JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
    WHERE import_order_status(import_orders.status, import_orders.amount) = 'Success'
      AND import_orders.created_at >= activities.start_at
    GROUP BY activities.activity_id
)
SELECT count(*)
FROM ltv_batch
JOIN hit ON hit.activity_id = ltv_batch.activity_id AND ltv_batch.month_offset >= hit.first_offset;
