-- what: has the engine keep the order of lines while they are read
-- grain: none (a setting)
-- parameters: none
-- It keeps the order in which a reader gives them only as long as it need not join, and would join to a longer IN list.
SET disabled_optimizers = 'in_clause';
