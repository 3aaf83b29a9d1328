-- what: the names of what the customers' files say besides the columns of `users`, which go before; names that differ in
--       case alone are one
-- grain: one row per name
-- parameters: none
-- reads: customer_facts
SELECT min(name) AS name
FROM user_attributes
WHERE lower(name) NOT IN (SELECT column_name FROM duckdb_columns() WHERE table_name = 'customer_facts')
GROUP BY lower(name)
ORDER BY lower(name);
