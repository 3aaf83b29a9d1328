-- what: takes out what the file holds of these customers under the names of attributes that are brought anew
-- grain: one row a customer and attribute
-- parameters: none
-- reads: import_records, import_lines
DELETE FROM user_attributes
WHERE user_id IN (SELECT number FROM import_records WHERE is_known)
  AND name IN (SELECT unnest(map_keys(attributes)) FROM import_lines);
