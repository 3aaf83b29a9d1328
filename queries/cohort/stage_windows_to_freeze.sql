-- what: the cohorts to freeze: windows that have closed, lists that were imported
-- grain: one row per activity, in the temporary table closed_windows
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, cohort, channel, start_at, window_end(start_at, end_at) AS window_end
FROM campaign_activities
WHERE CASE
    WHEN cohort <> 'listed' THEN NOT frozen AND window_end(start_at, end_at) <= $as_of
    -- A list that grows is taken again, as long as no month is written.
    WHEN activity_id IN (SELECT activity_id FROM ltv_batch) THEN false
    ELSE activity_id IN (
        SELECT listed.activity_id
        FROM listed_customers AS listed
        ANTI JOIN cohort_members AS members
          ON members.activity_id = listed.activity_id AND members.user_id = listed.user_id
    )
END;
