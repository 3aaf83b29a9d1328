-- what: deletes the customers' attributes that are imported again
-- grain: one row per customer and attribute
-- parameters: none
-- reads: import_records, import_lines
DELETE FROM user_attributes
WHERE user_id IN (SELECT number FROM import_records WHERE is_known)
  AND name IN (SELECT unnest(map_keys(attributes)) FROM import_lines);
