-- what: the activities whose last row differs, by the verification
-- grain: one row per activity
-- parameters: none
SELECT DISTINCT kept.activity_id, CAST(kept.from_offset - 1 AS INTEGER) AS month_offset
FROM stale_activities AS kept
LEFT JOIN expected_rows AS expected
  ON expected.activity_id = kept.activity_id AND expected.month_offset = kept.from_offset - 1
LEFT JOIN row_differences AS differing
  ON differing.activity_id = kept.activity_id AND differing.month_offset = kept.from_offset - 1
WHERE expected.activity_id IS NULL
   OR differing.activity_id IS NOT NULL
ORDER BY kept.activity_id;
