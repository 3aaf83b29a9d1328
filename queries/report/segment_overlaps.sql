-- what: how many customers of a segment are in more than one cohort of a row
-- grain: one row per row of the report with such customers
-- parameters: none
-- reads: report_rows, segment_members
SELECT report_row, count(*) AS customers
FROM (
    SELECT rows.report_row, members.user_id
    FROM report_rows AS rows
    JOIN segment_members AS members ON members.activity_id = rows.activity_id
    WHERE rows.label IS NULL OR members.label = rows.label
    GROUP BY rows.report_row, members.user_id
    HAVING count(DISTINCT members.activity_id) > 1
)
GROUP BY report_row
ORDER BY report_row;
