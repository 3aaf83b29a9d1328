-- what: the customers with a qualifying order through an activity in its staged window, new or not
-- grain: one row per activity and member
-- parameters: touched_from, touched_until (outer bounds, so that other row groups are skipped)
INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at, first_offset, repeat_offset)
WITH bought AS (
    SELECT windows.activity_id, orders.user_id, orders.order_id, orders.created_at
    FROM orders
    JOIN closed_windows AS windows ON windows.activity_id = orders.activity_id
    WHERE windows.cohort = 'touched'
      AND orders.status = 'Success'
      AND orders.created_at >= $touched_from
      AND orders.created_at < $touched_until
      AND CASE WHEN orders.created_at < windows.start_at THEN false ELSE orders.created_at < windows.window_end END
),
first_times AS (
    SELECT activity_id, user_id, min(created_at) AS created_at
    FROM bought
    GROUP BY activity_id, user_id
)
SELECT
    first_times.activity_id,
    first_times.user_id,
    min(bought.order_id) AS first_order_id,
    first_times.created_at AS first_order_at,
    -- The first order of the months may have come through another channel: the months tell.
    NULL AS first_offset,
    NULL AS repeat_offset
FROM first_times
JOIN bought
  ON bought.activity_id = first_times.activity_id
 AND bought.user_id = first_times.user_id
 AND bought.created_at = first_times.created_at
GROUP BY first_times.activity_id, first_times.user_id, first_times.created_at
ORDER BY first_times.activity_id, first_times.user_id;
