-- what: the text of every row of customer_predictions for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(run_id AS VARCHAR), '-'),
    coalesce('=' || CAST(user_id AS VARCHAR), '-'),
    coalesce('=' || CAST(x AS VARCHAR), '-'),
    coalesce('=' || CAST(t_x AS VARCHAR), '-'),
    coalesce('=' || CAST(t AS VARCHAR), '-'),
    coalesce('=' || CAST(p_alive AS VARCHAR), '-'),
    coalesce('=' || CAST(p_buy AS VARCHAR), '-'),
    coalesce('=' || CAST(expected_orders AS VARCHAR), '-'),
    coalesce('=' || CAST(expected_revenue AS VARCHAR), '-')
) AS row_text
FROM customer_predictions
ORDER BY run_id, user_id;
