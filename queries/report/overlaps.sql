-- what: how many customers are in more than one cohort of a row, of all members or of those in the segment
-- grain: one row per row of the report with such customers
-- parameters: of_segment
-- reads: report_rows, segment_customers
SELECT report_row, count(*) AS customers
FROM (
    SELECT rows.report_row, members.user_id
    FROM report_rows AS rows
    JOIN cohort_members AS members ON members.activity_id = rows.activity_id
    LEFT JOIN segment_customers AS segment ON segment.user_id = members.user_id
    WHERE NOT $of_segment OR segment.label = coalesce(rows.label, segment.label)
    GROUP BY rows.report_row, members.user_id
    HAVING count(DISTINCT members.activity_id) > 1
)
GROUP BY report_row
ORDER BY report_row;
