-- what: writes sorted orders, numbered on; faster than numbering while sorting, which one thread does
-- grain: one row an order
-- parameters: last_order_id (the largest number in use)
-- In the transaction that made the table its rowids go on from some large number.
INSERT INTO orders (
    order_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
)
SELECT
    $last_order_id + 1 + rowid - (SELECT min(rowid) FROM import_sorted) AS order_id,
    user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at
FROM import_sorted;
