-- what: how many rows each table holds
-- grain: one row a table
-- parameters: none
SELECT 'users' AS table_name, count(*) AS rows FROM users
UNION ALL SELECT 'products', count(*) FROM products
UNION ALL SELECT 'campaigns', count(*) FROM campaigns
UNION ALL SELECT 'campaign_activities', count(*) FROM campaign_activities
UNION ALL SELECT 'orders', count(*) FROM orders
UNION ALL SELECT 'grade_runs', count(*) FROM grade_runs
UNION ALL SELECT 'grade_changes', count(*) FROM grade_changes
UNION ALL SELECT 'cohort_members', count(*) FROM cohort_members
UNION ALL SELECT 'ltv_batch', count(*) FROM ltv_batch;
