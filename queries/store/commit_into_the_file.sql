-- what: lets the next commit write the file itself instead of its log
-- grain: none (a setting)
-- parameters: none
SET checkpoint_threshold = '0B';
