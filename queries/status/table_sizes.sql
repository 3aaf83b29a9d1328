-- what: the number of rows of each table
-- grain: one row per table
-- parameters: none
SELECT table_name, rows
FROM (
    SELECT 1 AS position, 'users' AS table_name, count(*) AS rows FROM users
    UNION ALL
    SELECT 2 AS position, 'products' AS table_name, count(*) AS rows FROM products
    UNION ALL
    SELECT 3 AS position, 'campaigns' AS table_name, count(*) AS rows FROM campaigns
    UNION ALL
    SELECT 4 AS position, 'campaign_activities' AS table_name, count(*) AS rows FROM campaign_activities
    UNION ALL
    SELECT 5 AS position, 'orders' AS table_name, count(*) AS rows FROM orders
    UNION ALL
    SELECT 6 AS position, 'order_lines' AS table_name, count(*) AS rows FROM order_lines
    UNION ALL
    SELECT 7 AS position, 'user_attributes' AS table_name, count(*) AS rows FROM user_attributes
    UNION ALL
    SELECT 8 AS position, 'listed_customers' AS table_name, count(*) AS rows FROM listed_customers
    UNION ALL
    SELECT 9 AS position, 'grade_runs' AS table_name, count(*) AS rows FROM grade_runs
    UNION ALL
    SELECT 10 AS position, 'grade_changes' AS table_name, count(*) AS rows FROM grade_changes
    UNION ALL
    SELECT 11 AS position, 'cohort_members' AS table_name, count(*) AS rows FROM cohort_members
    UNION ALL
    SELECT 12 AS position, 'ltv_batch' AS table_name, count(*) AS rows FROM ltv_batch
    UNION ALL
    SELECT 13 AS position, 'predict_runs' AS table_name, count(*) AS rows FROM predict_runs
    UNION ALL
    SELECT 14 AS position, 'ltv_predicted' AS table_name, count(*) AS rows FROM ltv_predicted
    UNION ALL
    SELECT 15 AS position, 'customer_predictions' AS table_name, count(*) AS rows FROM customer_predictions
    UNION ALL
    SELECT 16 AS position, 'predict_checks' AS table_name, count(*) AS rows FROM predict_checks
)
ORDER BY position;
