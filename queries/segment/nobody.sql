-- what: a segment without customers, where none is staged: something to name for statements that keep to one or do not
-- grain: one row per customer (none)
-- parameters: none
-- makes: segment_customers
CREATE TEMP TABLE IF NOT EXISTS segment_customers (user_id BIGINT NOT NULL, label VARCHAR NOT NULL);
