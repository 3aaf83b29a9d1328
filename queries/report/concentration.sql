-- what: how much of the revenue the best customers bring, for all and for each channel, start month and both
-- grain: one row per group (channel, start_month; NULL: all) and per cent of its customers
-- parameters: from, to (half-open)
-- reads: origins
WITH pairs AS (
    SELECT DISTINCT channel, start_month FROM origins
),
labels AS (
    SELECT DISTINCT
        CASE WHEN by_channel THEN pairs.channel END AS channel,
        CASE WHEN by_month THEN pairs.start_month END AS start_month
    FROM pairs
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
groups_of_pairs AS (
    SELECT pairs.channel, pairs.start_month, groups.number
    FROM pairs
    JOIN groups
      ON coalesce(groups.channel = pairs.channel, true)
     AND coalesce(groups.start_month = pairs.start_month, true)
),
revenues AS (
    SELECT user_id, sum(amount) AS revenue
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at >= $from
      AND created_at < $to
    GROUP BY user_id
),
spent AS (
    SELECT revenues.user_id, revenues.revenue, groups_of_pairs.number
    FROM revenues
    JOIN origins ON origins.user_id = revenues.user_id
    JOIN groups_of_pairs
      ON groups_of_pairs.channel = origins.channel AND groups_of_pairs.start_month = origins.start_month
),
totals AS (
    SELECT number, count(*) AS customers_in_all, sum(revenue) AS revenue_in_all
    FROM spent
    GROUP BY number
),
ranked AS (
    SELECT
        number,
        row_number() OVER best_first AS rank,
        sum(revenue) OVER (best_first ROWS UNBOUNDED PRECEDING) AS revenue_so_far
    FROM spent
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
    CAST(ranked.revenue_so_far AS DECIMAL(18, 2)) AS revenue,
    totals.customers_in_all,
    CAST(totals.revenue_in_all AS DECIMAL(18, 2)) AS revenue_in_all,
    halves.customers_for_half
FROM wanted
JOIN ranked ON ranked.number = wanted.number AND ranked.rank = wanted.rank
JOIN totals ON totals.number = wanted.number
JOIN halves ON halves.number = wanted.number
JOIN groups ON groups.number = wanted.number
ORDER BY groups.channel NULLS FIRST, groups.start_month NULLS FIRST, wanted.top_pct;
