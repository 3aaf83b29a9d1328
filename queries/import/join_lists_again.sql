-- what: lets the engine join to IN lists again
-- grain: none (a setting)
-- parameters: none
RESET disabled_optimizers;
