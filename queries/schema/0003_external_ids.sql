-- what: the shop's own ids of products and activities, version 3
-- grain: none (definitions)
-- parameters: none

-- What the shop's own files call it; NULL when they give it no id, or in a simulated file.
ALTER TABLE products ADD COLUMN external_id VARCHAR;
ALTER TABLE campaign_activities ADD COLUMN external_id VARCHAR;

-- Numbers of orders that the shop gave no id: there order_id is not the shop's own.
CREATE TABLE numbered_orders (
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL
);

-- Until now a whole-number id was kept twice.
INSERT INTO numbered_orders (first_id, last_id)
SELECT min(order_id), max(order_id)
FROM (
    SELECT order_id, order_id - row_number() OVER (ORDER BY order_id) AS island
    FROM orders
    WHERE external_id IS NULL
      AND (SELECT value FROM meta WHERE key = 'origin') = 'imported'
)
GROUP BY island;

UPDATE orders
SET external_id = NULL
WHERE external_id = CAST(order_id AS VARCHAR);
