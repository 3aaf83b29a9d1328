-- what: customers with their predictions: those most likely to order, with the highest expected revenue, or with the
--       most revenue at risk (what they would bring if they were there, times the probability that they have left); or one
-- grain: one row per customer, highest first
-- parameters: sort_by (p_buy, revenue, at-risk); user_id, or NULL for all; of_segment; limit_rows
-- reads: segment_customers
SELECT
    predictions.user_id,
    coalesce(users.name, users.external_id) AS name,
    users.grade,
    predictions.x,
    predictions.t_x,
    predictions.t,
    predictions.p_alive,
    predictions.p_buy,
    predictions.expected_orders,
    predictions.expected_revenue
FROM customer_predictions AS predictions
LEFT JOIN users ON users.user_id = predictions.user_id
WHERE ($user_id IS NULL OR predictions.user_id = $user_id)
  AND (NOT $of_segment OR predictions.user_id IN (SELECT user_id FROM segment_customers))
ORDER BY
    CASE $sort_by
        WHEN 'p_buy' THEN predictions.p_buy
        WHEN 'revenue' THEN CAST(predictions.expected_revenue AS DOUBLE)
        ELSE CAST(predictions.expected_revenue AS DOUBLE) * (1 - predictions.p_alive) / greatest(predictions.p_alive, 1e-9)
    END DESC,
    predictions.user_id
LIMIT $limit_rows;
