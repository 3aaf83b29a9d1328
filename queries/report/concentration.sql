-- what: how much of the revenue the best customers bring, for all and for each channel, start month and both
-- grain: one row per group (channel, start_month; NULL: all) and per cent of its customers
-- parameters: none
-- reads: origins, origin_labels, spent (of the first span, the period)
WITH labels AS (
    SELECT DISTINCT
        CASE WHEN by_channel THEN origin_labels.channel END AS channel,
        CASE WHEN by_month THEN origin_labels.start_month END AS start_month
    FROM origin_labels
    CROSS JOIN (VALUES (false), (true)) AS channels (by_channel)
    CROSS JOIN (VALUES (false), (true)) AS months (by_month)
),
-- Numbers, because millions of rows are sorted by them.
groups AS (
    SELECT
        CAST(row_number() OVER (ORDER BY channel NULLS FIRST, start_month NULLS FIRST) AS INTEGER) AS number,
        channel,
        start_month
    FROM labels
),
groups_of_origins AS (
    SELECT origin_labels.origin, groups.number
    FROM origin_labels
    JOIN groups
      ON coalesce(groups.channel = origin_labels.channel, true)
     AND coalesce(groups.start_month = origin_labels.start_month, true)
    UNION ALL
    -- Customers without an order, to whom money was given back, are in the group of all alone.
    SELECT 0, number
    FROM groups
    WHERE channel IS NULL
      AND start_month IS NULL
),
revenues AS (
    SELECT spent.user_id, coalesce(origins.origin, 0) AS origin, spent.gross_revenue + spent.returned AS revenue
    FROM spent
    LEFT JOIN origins ON origins.user_id = spent.user_id
    WHERE spent.position = 0
),
spent_in_groups AS (
    SELECT revenues.user_id, revenues.revenue, groups_of_origins.number
    FROM revenues
    JOIN groups_of_origins ON groups_of_origins.origin = revenues.origin
),
totals AS (
    SELECT number, count(*) AS customers_in_all, sum(revenue) AS revenue_in_all
    FROM spent_in_groups
    GROUP BY number
),
ranked AS (
    SELECT
        number,
        row_number() OVER best_first AS rank,
        sum(revenue) OVER (best_first ROWS UNBOUNDED PRECEDING) AS revenue_so_far
    FROM spent_in_groups
    WINDOW best_first AS (PARTITION BY number ORDER BY revenue DESC, user_id)
),
-- How few customers bring half.
halves AS (
    SELECT ranked.number, min(ranked.rank) AS customers_for_half
    FROM ranked
    JOIN totals ON totals.number = ranked.number
    WHERE 2 * ranked.revenue_so_far >= totals.revenue_in_all
    GROUP BY ranked.number
),
-- The top p % are the first ceil(p % x customers).
wanted AS (
    SELECT totals.number, points.top_pct, (points.top_pct * totals.customers_in_all + 99) // 100 AS rank
    FROM totals
    CROSS JOIN (SELECT unnest([1, 2, 3, 4] || range(5, 101, 5)) AS top_pct) AS points
)
SELECT
    groups.channel,
    groups.start_month,
    CAST(wanted.top_pct AS BIGINT) AS top_pct,
    ranked.rank AS customers,
    as_amount(ranked.revenue_so_far) AS revenue,
    totals.customers_in_all,
    as_amount(totals.revenue_in_all) AS revenue_in_all,
    halves.customers_for_half
FROM wanted
JOIN ranked ON ranked.number = wanted.number AND ranked.rank = wanted.rank
JOIN totals ON totals.number = wanted.number
JOIN halves ON halves.number = wanted.number
JOIN groups ON groups.number = wanted.number
ORDER BY groups.channel NULLS FIRST, groups.start_month NULLS FIRST, wanted.top_pct;
