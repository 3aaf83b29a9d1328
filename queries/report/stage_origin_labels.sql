-- what: a number for each channel and start month that customers come from: millions of rows are grouped by it
-- grain: one row per origin
-- parameters: none
-- reads: first_purchases
-- makes: origin_labels
CREATE OR REPLACE TEMP TABLE origin_labels AS
SELECT
    CAST(row_number() OVER (ORDER BY channel, start_month) AS INTEGER) AS origin,
    channel,
    start_month
FROM (SELECT DISTINCT channel, start_month FROM first_purchases);
