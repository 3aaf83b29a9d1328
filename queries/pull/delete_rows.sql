-- what: the rows of the batch, to take the lake's
-- grain: one row per activity and month offset
-- parameters: none
DELETE FROM ltv_batch;
