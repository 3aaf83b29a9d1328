-- what: makes commits write to the log again, which the engine checkpoints at a size of its choosing
-- grain: none (a setting)
-- parameters: none
RESET checkpoint_threshold;
