-- what: the state needed to repair and re-check cohort months, version 2
-- grain: none (definitions)
-- parameters: none

-- The month of the member's first qualifying order, NULL when none is counted; beyond
-- the months that are written it is what the freezing found.
ALTER TABLE cohort_members ADD COLUMN first_offset INTEGER;

UPDATE cohort_members
SET first_offset = CAST(month_offset_of(activities.start_at, cohort_members.first_order_at) AS INTEGER)
FROM campaign_activities AS activities
WHERE activities.activity_id = cohort_members.activity_id;

-- An order-independent hash of the month's qualifying orders of the members, to tell
-- whether they have changed since; NULL where it was not taken.
ALTER TABLE ltv_batch ADD COLUMN slice_hash UBIGINT;

-- Rows before this offset were given up (`cohort rebuild --keep-last`); NULL: none.
ALTER TABLE campaign_activities ADD COLUMN kept_from_offset INTEGER;
