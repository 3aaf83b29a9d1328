-- what: whether the batch has written any month
-- grain: one row
-- parameters: none
SELECT EXISTS (SELECT 1 FROM ltv_batch);
