-- what: the number of row groups of the orders, and of those that may hold an order between two instants
-- grain: one row
-- parameters: slice_start, slice_end
WITH segments AS (
    SELECT
        row_group_id,
        TRY_CAST(regexp_extract(stats, 'Min: ([^,\]]+)', 1) AS TIMESTAMP) AS first_at,
        TRY_CAST(regexp_extract(stats, 'Max: ([^,\]]+)', 1) AS TIMESTAMP) AS last_at
    FROM pragma_storage_info('orders')
    WHERE column_name = 'created_at'
      AND segment_type <> 'VALIDITY'
),
row_groups AS (
    SELECT row_group_id, min(first_at) AS first_at, max(last_at) AS last_at
    FROM segments
    GROUP BY row_group_id
)
SELECT
    count(*) AS row_groups,
    -- Without statistics a row group is read.
    count(*) FILTER (WHERE coalesce(first_at < $slice_end AND last_at >= $slice_start, true)) AS met
FROM row_groups;
