-- what: deletes the customers' predictions, which those of the new run replace
-- grain: none
-- parameters: none
DELETE FROM customer_predictions;
