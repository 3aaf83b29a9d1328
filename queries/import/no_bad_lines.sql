-- what: no line that cannot be used
-- grain: one row a line
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_bad (
    record BIGINT,
    file VARCHAR,
    line BIGINT,
    problem VARCHAR,
    example VARCHAR
);
