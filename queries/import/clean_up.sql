-- what: drops what an import staged
-- grain: none (definitions)
-- parameters: none
DROP VIEW IF EXISTS temp.import_to_write;
DROP VIEW IF EXISTS temp.import_orders;
DROP VIEW IF EXISTS temp.import_mapped;
DROP TABLE IF EXISTS temp.import_lines;
DROP TABLE IF EXISTS temp.import_merged;
DROP TABLE IF EXISTS temp.import_customers;
DROP TABLE IF EXISTS temp.import_products;
DROP TABLE IF EXISTS temp.import_tail;
