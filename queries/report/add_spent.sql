-- what: adds what each customer bought and returned in a span of time
-- grain: one row per span and customer with an order in it, or with money given back
-- parameters: position (the span's), since, until (half-open)
-- reads: spent
INSERT INTO spent
SELECT
    $position AS position,
    user_id,
    count(*) FILTER (WHERE status = 'Success') AS orders,
    coalesce(sum(amount) FILTER (WHERE status = 'Success'), 0) AS gross_revenue,
    coalesce(sum(amount) FILTER (WHERE status <> 'Success'), 0) AS returned
FROM orders
WHERE status IN ('Success', 'Returned')
  AND created_at >= $since
  AND created_at < $until
GROUP BY user_id;
