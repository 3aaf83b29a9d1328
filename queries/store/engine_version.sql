-- what: the engine's version
-- grain: one row
-- parameters: none
SELECT version() AS version;
