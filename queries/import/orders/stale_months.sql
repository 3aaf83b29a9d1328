-- what: how many written rows of the batch the import makes stale: a member's qualifying order, or money given back, is new,
--       or goes, in a written month, whose row and the later, cumulative ones no longer hold
-- grain: one row
-- parameters: none
-- reads: import_owned, import_replaced
WITH brought AS (
    SELECT user_id, created_at, amount
    FROM import_owned
    WHERE import_order_status(status, amount) IN ('Success', 'Returned')
      AND user_id IN (SELECT user_id FROM cohort_members)
),
taken AS (
    SELECT user_id, created_at, amount
    FROM import_replaced
    WHERE status IN ('Success', 'Returned')
      AND user_id IN (SELECT user_id FROM cohort_members)
),
changed AS (
    (SELECT user_id, created_at, amount FROM brought EXCEPT ALL SELECT user_id, created_at, amount FROM taken)
    UNION ALL
    (SELECT user_id, created_at, amount FROM taken EXCEPT ALL SELECT user_id, created_at, amount FROM brought)
),
hit AS (
    SELECT
        activities.activity_id,
        min(month_offset_of(activities.start_at, changed.created_at)) AS first_offset
    FROM changed
    JOIN cohort_members AS members ON members.user_id = changed.user_id
    JOIN campaign_activities AS activities ON activities.activity_id = members.activity_id
    WHERE changed.created_at >= activities.start_at
    GROUP BY activities.activity_id
)
SELECT count(*)
FROM ltv_batch
JOIN hit ON hit.activity_id = ltv_batch.activity_id AND ltv_batch.month_offset >= hit.first_offset;
