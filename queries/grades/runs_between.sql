-- what: the grade updates of a span of as-ofs
-- grain: one row per run
-- parameters: from, to (half-open)
SELECT run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze
FROM grade_runs
WHERE as_of >= $from
  AND as_of < $to
ORDER BY run_id;
