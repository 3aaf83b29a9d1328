-- what: end dates are exclusive, for this connection
-- grain: none (definitions)
-- parameters: none
CREATE OR REPLACE TEMP MACRO import_end(end_at) AS end_at;
