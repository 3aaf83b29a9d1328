-- what: when the first qualifying order came
-- grain: one row; NULL without orders
-- parameters: none
-- reads: origins
SELECT min(first_order_at) FROM origins;
