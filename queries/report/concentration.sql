-- what: how much of the revenue the best customers bring, for all and for each channel, start month and both
-- grain: one row a group (channel, start_month; NULL: all) and per cent of its customers
-- parameters: from, to (half-open)
-- reads: origins
WITH spent AS (
    SELECT origins.user_id, origins.channel, origins.start_month, sum(orders.amount) AS revenue
    FROM orders
    JOIN origins ON origins.user_id = orders.user_id
    WHERE orders.status IN ('Success', 'Returned')
      AND orders.created_at >= $from
      AND orders.created_at < $to
    GROUP BY ALL
),
groups AS (
    SELECT
        spent.user_id,
        spent.revenue,
        CASE WHEN by_channel THEN spent.channel END AS channel,
        CASE WHEN by_month THEN spent.start_month END AS start_month
    FROM spent
    CROSS JOIN (VALUES (false), (true)) AS channels (by_channel)
    CROSS JOIN (VALUES (false), (true)) AS months (by_month)
),
ranked AS (
    SELECT
        channel,
        start_month,
        row_number() OVER best_first AS rank,
        sum(revenue) OVER (best_first ROWS UNBOUNDED PRECEDING) AS revenue_so_far,
        count(*) OVER (PARTITION BY channel, start_month) AS customers_in_all,
        sum(revenue) OVER (PARTITION BY channel, start_month) AS revenue_in_all
    FROM groups
    WINDOW best_first AS (PARTITION BY channel, start_month ORDER BY revenue DESC, user_id)
),
-- How few customers bring half.
halves AS (
    SELECT channel, start_month, min(rank) AS customers_for_half
    FROM ranked
    WHERE 2 * revenue_so_far >= revenue_in_all
    GROUP BY channel, start_month
)
SELECT
    ranked.channel,
    ranked.start_month,
    CAST(points.top_pct AS BIGINT) AS top_pct,
    ranked.rank AS customers,
    CAST(ranked.revenue_so_far AS DECIMAL(18, 2)) AS revenue,
    ranked.customers_in_all,
    CAST(ranked.revenue_in_all AS DECIMAL(18, 2)) AS revenue_in_all,
    halves.customers_for_half
FROM ranked
CROSS JOIN (SELECT unnest([1, 2, 3, 4] || range(5, 101, 5)) AS top_pct) AS points
JOIN halves
  ON halves.channel IS NOT DISTINCT FROM ranked.channel
 AND halves.start_month IS NOT DISTINCT FROM ranked.start_month
-- The top p % are the first ceil(p % x customers).
WHERE ranked.rank = (points.top_pct * ranked.customers_in_all + 99) // 100
ORDER BY ranked.channel NULLS FIRST, ranked.start_month NULLS FIRST, points.top_pct;
