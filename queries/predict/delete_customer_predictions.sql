-- what: takes out the customers' predictions: those of the last run take their place
-- grain: none
-- parameters: none
DELETE FROM customer_predictions;
