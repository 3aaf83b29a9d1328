-- what: the lake's rows, each as its last run wrote it
-- grain: one row per activity and month offset
-- parameters: none
INSERT INTO ltv_batch BY NAME
SELECT * EXCLUDE (run, slice_hash), CAST(slice_hash AS UBIGINT) AS slice_hash
FROM lake_rows
QUALIFY row_number() OVER (PARTITION BY activity_id, month_offset ORDER BY run DESC) = 1
ORDER BY activity_id, month_offset;
