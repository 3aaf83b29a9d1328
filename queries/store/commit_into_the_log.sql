-- what: lets commits write the log again, which the engine takes over at a size of its choosing
-- grain: none (a setting)
-- parameters: none
RESET checkpoint_threshold;
