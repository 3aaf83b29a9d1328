-- what: how many orders are written again, to stay sorted by time
-- grain: one row
-- parameters: none
SELECT count(*)
FROM import_tail;
