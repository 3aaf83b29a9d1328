-- what: where customers come from
-- grain: one row per channel and start month
-- parameters: none
-- reads: origin_labels
SELECT channel, start_month
FROM origin_labels
ORDER BY channel, start_month;
