-- what: how many orders belong to the calendar's activities, which then cannot be deleted
-- grain: one row
-- parameters: none
SELECT count(*) AS orders
FROM orders
WHERE activity_id IN (SELECT activity_id FROM calendar_activities);
