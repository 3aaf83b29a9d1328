-- what: the columns of what is known of each customer
-- grain: one row per column, in their order
-- parameters: none
-- reads: customer_facts
SELECT column_name
FROM duckdb_columns()
WHERE table_name = 'customer_facts'
ORDER BY column_index;
