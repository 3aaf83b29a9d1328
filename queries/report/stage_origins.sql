-- what: where each customer comes from
-- grain: one row per customer with a qualifying order before the as-of
-- parameters: none
-- reads: first_purchases, origin_labels
-- makes: origins
CREATE OR REPLACE TEMP TABLE origins AS
SELECT firsts.user_id, labels.origin, firsts.first_order_at
FROM first_purchases AS firsts
JOIN origin_labels AS labels
  ON labels.channel = firsts.channel AND labels.start_month = firsts.start_month;
