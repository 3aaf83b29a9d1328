-- what: how many months are due, and the outer bounds of their orders
-- grain: one row
-- parameters: none
SELECT
    count(*) AS months,
    count(DISTINCT activity_id) AS activities,
    min(month_start) AS slice_start,
    max(month_end) AS slice_end,
    count(DISTINCT (month_start, month_end)) = 1 AS one_slice,
    count(*) = count(DISTINCT activity_id) AS one_month
FROM due_months;
