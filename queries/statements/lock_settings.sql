-- what: no setting can be changed on this connection from here on
-- grain: none (a setting)
-- parameters: none
SET lock_configuration = true;
