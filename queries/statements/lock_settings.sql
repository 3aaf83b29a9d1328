-- what: locks the settings of this connection
-- grain: none (a setting)
-- parameters: none
SET lock_configuration = true;
