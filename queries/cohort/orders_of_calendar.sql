-- what: how many orders name one of the calendar's activities, which then cannot go
-- grain: one row
-- parameters: none
SELECT count(*) AS orders
FROM orders
WHERE activity_id IN (SELECT activity_id FROM calendar_activities);
