-- what: the text of every row of meta for its digest (bookkeeping left out)
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(key AS VARCHAR), '-'),
    coalesce('=' || CAST(value AS VARCHAR), '-')
) AS row_text
FROM meta
WHERE key IN ('schema_version', 'clock', 'origin', 'seed', 'sim_start', 'config')
ORDER BY key;
