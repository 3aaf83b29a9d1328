-- what: no line set aside, for a reader that sets none aside
-- grain: one row a line
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_malformed (
    file VARCHAR,
    line BIGINT,
    text VARCHAR,
    problem VARCHAR,
    nth BIGINT
);
