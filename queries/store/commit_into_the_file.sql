-- what: makes the next commit write to the file itself instead of its log
-- grain: none (a setting)
-- parameters: none
SET checkpoint_threshold = '0B';
