-- what: creates an empty list of what customers bought and returned
-- grain: one row per span and customer with an order in it, or with money given back
-- parameters: none
-- makes: spent
CREATE OR REPLACE TEMP TABLE spent (
    position BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    gross_revenue DECIMAL(38, 2) NOT NULL,
    returned DECIMAL(38, 2) NOT NULL
);
