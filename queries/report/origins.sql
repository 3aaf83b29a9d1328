-- what: where customers come from
-- grain: one row per channel and start month
-- parameters: none
-- reads: origins
SELECT DISTINCT channel, start_month
FROM origins
ORDER BY channel, start_month;
