-- what: how many months are due, and the outer bounds of their orders
-- grain: one row
-- parameters: none
SELECT
    count(*) AS months,
    count(DISTINCT activity_id) AS activities,
    min(month_start) AS slice_start,
    max(month_end) AS slice_end
FROM due_months;
