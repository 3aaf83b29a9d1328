-- what: when the first qualifying order came, and when money first moved: that order, or a return of what the file does not hold
-- grain: one row; NULL without any
-- parameters: as_of
-- reads: origins
SELECT
    (SELECT min(first_order_at) FROM origins) AS first_order_at,
    (
        SELECT min(created_at)
        FROM orders
        WHERE status IN ('Success', 'Returned')
          AND created_at < $as_of
    ) AS begins_at;
