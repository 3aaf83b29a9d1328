-- what: an empty list of malformed lines, for readers that set none aside
-- grain: none (definitions)
-- parameters: none
-- makes: import_rejects, import_reject_scans (where the engine's CSV reader does not)
CREATE OR REPLACE TEMP TABLE import_rejects (
    scan_id BIGINT, file_id BIGINT, line BIGINT, csv_line VARCHAR, error_type VARCHAR
);

CREATE OR REPLACE TEMP TABLE import_reject_scans (scan_id BIGINT, file_id BIGINT, file_path VARCHAR);
