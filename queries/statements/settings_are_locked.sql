-- what: whether this connection's settings can no longer be changed
-- grain: one row
-- parameters: none
SELECT current_setting('lock_configuration') AS locked;
