-- what: whether the settings of this connection are locked
-- grain: one row
-- parameters: none
SELECT current_setting('lock_configuration') AS locked;
