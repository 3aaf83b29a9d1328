-- what: each product's sales, and how many customers who began with it came back
-- grain: one row per product with a qualifying order; one without a number for orders of no product
-- parameters: as_of, row_limit
WITH counted AS (
    SELECT order_id, user_id, product_id, quantity, amount, status = 'Success' AS is_order, created_at
    FROM orders
    WHERE status IN ('Success', 'Returned')
      AND created_at < $as_of
),
-- Orders by their articles where these are known, else as one.
lines AS (
    SELECT counted.order_id, counted.user_id, counted.is_order, parts.product_id, parts.quantity, parts.amount
    FROM counted
    JOIN order_lines AS parts ON parts.order_id = counted.order_id
    UNION ALL
    SELECT order_id, user_id, is_order, product_id, quantity, amount
    FROM counted
    WHERE order_id NOT IN (SELECT order_id FROM order_lines)
),
first_times AS (
    SELECT user_id, min(created_at) AS created_at, count(*) AS orders
    FROM counted
    WHERE is_order
    GROUP BY user_id
),
firsts AS (
    SELECT counted.user_id, min(counted.order_id) AS order_id, first_times.orders
    FROM counted
    JOIN first_times
      ON first_times.user_id = counted.user_id AND first_times.created_at = counted.created_at
    WHERE counted.is_order
    GROUP BY counted.user_id, first_times.orders
),
sums AS (
    SELECT
        lines.product_id,
        sum(lines.amount) AS revenue,
        CAST(coalesce(sum(lines.quantity) FILTER (WHERE lines.is_order), 0) AS BIGINT) AS quantity,
        count(DISTINCT lines.order_id) FILTER (WHERE lines.is_order) AS orders,
        count(DISTINCT lines.user_id) FILTER (WHERE lines.is_order) AS buyers,
        count(DISTINCT firsts.user_id) AS first_buyers,
        count(DISTINCT firsts.user_id) FILTER (WHERE firsts.orders > 1) AS first_repeat
    FROM lines
    LEFT JOIN firsts ON firsts.user_id = lines.user_id AND firsts.order_id = lines.order_id
    GROUP BY lines.product_id
)
SELECT
    sums.product_id,
    products.name,
    products.category,
    as_amount(sums.revenue) AS revenue,
    sums.quantity,
    sums.orders,
    sums.buyers,
    sums.first_buyers,
    sums.first_repeat
FROM sums
LEFT JOIN products ON products.product_id = sums.product_id
ORDER BY sums.revenue DESC, sums.product_id NULLS LAST
LIMIT $row_limit;
