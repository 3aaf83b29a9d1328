-- what: the end of the last acquisition window whose members are frozen
-- grain: one row
-- parameters: none
SELECT max(coalesce(end_at, start_at + INTERVAL 1 MONTH)) AS window_end
FROM campaign_activities
WHERE frozen;
