-- what: the shop's own ids of products and activities, version 3
-- grain: none (definitions)
-- parameters: none

-- What the shop's own files call it; NULL when they give it no id, or in a simulated file.
ALTER TABLE products ADD COLUMN external_id VARCHAR;
ALTER TABLE campaign_activities ADD COLUMN external_id VARCHAR;
