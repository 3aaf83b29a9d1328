-- what: the customers whose grade changes, with the amount and orders behind it
-- grain: one row per changed customer
-- parameters: as_of
-- reads: graded
SELECT $as_of AS as_of, user_id, from_grade, to_grade, amount, orders
FROM graded
WHERE gets <> held
