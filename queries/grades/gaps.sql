-- what: what customers lack for a grade, nearest first
-- grain: one row per customer below the grade
-- parameters: window_start, as_of; to_grade (NULL: each customer's next), user_id (NULL: everybody),
--   within (the largest distance; NULL: any), row_limit;
--   vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
WITH window_totals AS (
    SELECT user_id, sum(amount) AS amount, count(*) FILTER (WHERE status = 'Success') AS orders
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $window_start
      AND created_at < $as_of
    GROUP BY user_id
),
held AS (
    SELECT
        users.user_id,
        users.external_id,
        users.name,
        coalesce(grades_then.grade, users.grade) AS grade
    FROM users
    LEFT JOIN grades_then ON grades_then.user_id = users.user_id
    WHERE users.signed_up_at < $as_of
      AND ($user_id IS NULL OR users.user_id = $user_id)
),
aims AS (
    SELECT
        user_id, external_id, name, grade,
        coalesce(
            CAST($to_grade AS grade),
            CAST(CASE grade WHEN 'BRONZE' THEN 'SILVER' WHEN 'SILVER' THEN 'GOLD' WHEN 'GOLD' THEN 'VIP' END AS grade)
        ) AS to_grade
    FROM held
),
needs AS (
    SELECT
        aims.user_id, aims.external_id, aims.name, aims.grade, aims.to_grade,
        as_amount(coalesce(totals.amount, 0)) AS amount,
        coalesce(totals.orders, 0) AS orders,
        CASE aims.to_grade WHEN 'VIP' THEN $vip_amount WHEN 'GOLD' THEN $gold_amount ELSE $silver_amount END AS min_amount,
        CASE aims.to_grade WHEN 'VIP' THEN $vip_orders WHEN 'GOLD' THEN $gold_orders ELSE $silver_orders END AS min_orders
    FROM aims
    LEFT JOIN window_totals AS totals ON totals.user_id = aims.user_id
    WHERE aims.grade < aims.to_grade
)
SELECT
    user_id, external_id, name, grade, to_grade, amount, orders,
    CAST(greatest(min_amount - amount, 0) AS DECIMAL(18, 2)) AS lacks_amount,
    CAST(greatest(min_orders - orders, 0) AS BIGINT) AS lacks_orders,
    -- The larger of the two shares that are missing: 0 is there, 1 has nothing of one.
    greatest(
        CASE WHEN min_amount > 0 THEN greatest(1 - CAST(amount AS DOUBLE) / CAST(min_amount AS DOUBLE), 0) ELSE 0 END,
        CASE WHEN min_orders > 0 THEN greatest(1 - CAST(orders AS DOUBLE) / CAST(min_orders AS DOUBLE), 0) ELSE 0 END
    ) AS distance
FROM needs
WHERE $within IS NULL OR distance <= $within
ORDER BY distance, lacks_amount, lacks_orders, user_id
LIMIT $row_limit;
