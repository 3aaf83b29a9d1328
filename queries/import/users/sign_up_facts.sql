-- what: how many sign-ups were moved back to the first order, how many are unknown, and the latest
-- grain: one row
-- parameters: none
-- reads: import_sign_ups
SELECT
    count(*) FILTER (WHERE signed_up_at < said) AS moved,
    count(*) FILTER (WHERE signed_up_at IS NULL AND NOT is_known) AS untold,
    max(signed_up_at) AS latest
FROM import_sign_ups;
