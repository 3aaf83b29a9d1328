-- what: the update's totals
-- grain: one row
-- parameters: as_of
-- reads: graded
SELECT
    $as_of AS as_of,
    count(*) AS customers,
    CAST(coalesce(sum(CASE WHEN gets > held THEN 1 ELSE 0 END), 0) AS BIGINT) AS promoted,
    CAST(coalesce(sum(CASE WHEN gets < held THEN 1 ELSE 0 END), 0) AS BIGINT) AS demoted,
    CAST(coalesce(sum(CASE WHEN gets = held THEN 1 ELSE 0 END), 0) AS BIGINT) AS kept,
    CAST(coalesce(sum(CASE WHEN gets = 3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS vip,
    CAST(coalesce(sum(CASE WHEN gets = 2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS gold,
    CAST(coalesce(sum(CASE WHEN gets = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS silver,
    CAST(coalesce(sum(CASE WHEN gets = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS bronze
FROM graded
