-- what: drops the staging tables and types of an import
-- grain: none (definitions)
-- parameters: none
DROP VIEW IF EXISTS temp.import_to_write;
DROP VIEW IF EXISTS temp.import_owned;
DROP VIEW IF EXISTS temp.import_orders;
DROP VIEW IF EXISTS temp.import_mapped;
DROP TABLE IF EXISTS temp.import_sample;
DROP TABLE IF EXISTS temp.import_source;
DROP TABLE IF EXISTS temp.import_files;
DROP TABLE IF EXISTS temp.import_rejects;
DROP TABLE IF EXISTS temp.import_reject_scans;
DROP TABLE IF EXISTS temp.import_rejects_unseen;
DROP TABLE IF EXISTS temp.import_reject_scans_unseen;
DROP TABLE IF EXISTS temp.import_malformed;
DROP TABLE IF EXISTS temp.import_bad;
DROP TABLE IF EXISTS temp.import_rejected;
DROP TABLE IF EXISTS temp.import_lines;
DROP TABLE IF EXISTS temp.import_merged;
DROP TABLE IF EXISTS temp.import_customers;
DROP TABLE IF EXISTS temp.import_products;
DROP TABLE IF EXISTS temp.import_activities;
DROP TABLE IF EXISTS temp.import_there;
DROP TABLE IF EXISTS temp.import_replaced;
DROP TABLE IF EXISTS temp.import_tail;
DROP TABLE IF EXISTS temp.import_matched;
DROP TABLE IF EXISTS temp.import_records;
DROP TABLE IF EXISTS temp.import_sign_ups;
DROP TABLE IF EXISTS temp.import_campaigns;
DROP TABLE IF EXISTS temp.import_people;
DROP TABLE IF EXISTS temp.import_members;
DROP TYPE IF EXISTS temp.absent_text;
DROP TYPE IF EXISTS temp.line_problem;
