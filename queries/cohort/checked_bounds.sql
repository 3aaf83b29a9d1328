-- what: how many months are checked, and the outer bounds of their orders
-- grain: one row
-- parameters: none
SELECT count(*) AS months, min(month_start) AS slice_start, max(month_end) AS slice_end
FROM checked_months;
