-- what: starts a repair right after the last existing row if the row to start from is missing
-- grain: one row per activity
-- parameters: none
UPDATE stale_activities
SET from_offset = earlier.next_offset
FROM (
    SELECT stale.activity_id, 1 + coalesce(max(stored.month_offset), -1) AS next_offset
    FROM stale_activities AS stale
    LEFT JOIN ltv_batch AS stored
      ON stored.activity_id = stale.activity_id
     AND CASE WHEN stored.month_offset < 0 THEN false ELSE stored.month_offset < stale.from_offset END
    GROUP BY stale.activity_id
) AS earlier
WHERE earlier.activity_id = stale_activities.activity_id
  AND earlier.next_offset < stale_activities.from_offset;
