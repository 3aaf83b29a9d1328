-- what: whether no line is left to import
-- grain: one row
-- parameters: none
SELECT NOT EXISTS (SELECT 1 FROM import_lines);
