-- what: how many of the new orders exist already, by customer, time and amount
-- grain: one row
-- parameters: first_at, last_at (of the new orders)
-- reads: import_owned
WITH brought AS (
    SELECT user_id, created_at, amount, count(*) AS orders
    FROM import_owned
    GROUP BY user_id, created_at, amount
),
held AS (
    SELECT user_id, created_at, amount, count(*) AS orders
    FROM orders
    WHERE created_at >= $first_at
      AND created_at <= $last_at
    GROUP BY user_id, created_at, amount
)
SELECT CAST(coalesce(sum(least(brought.orders, held.orders)), 0) AS BIGINT) AS orders
FROM brought
JOIN held
  ON held.user_id = brought.user_id AND held.created_at = brought.created_at AND held.amount = brought.amount;
