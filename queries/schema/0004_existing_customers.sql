-- what: returns, cohorts of existing customers, attributes of customers, articles of orders, version 4
-- grain: none (definitions)
-- parameters: none

-- `Returned`: money given back (a credit note), with an amount of at most 0. It counts in sums of money alone.
-- A column's type changes in place, so that the orders stay where they are.
ALTER TABLE orders ALTER status TYPE VARCHAR;
DROP TYPE order_status;
CREATE TYPE order_status AS ENUM ('Success', 'Failed', 'Cancelled', 'Refunded', 'Returned');
ALTER TABLE orders ALTER status TYPE order_status;

-- Who an activity's cohort is: the customers it acquired, those with an order through it, or those on its list.
CREATE TYPE cohort_kind AS ENUM ('acquired', 'touched', 'listed');
ALTER TABLE campaign_activities ADD COLUMN cohort cohort_kind DEFAULT 'acquired';
ALTER TABLE campaign_activities ALTER cohort SET NOT NULL;

-- The lists of `listed` activities, whether their customers buy or not.
CREATE TABLE listed_customers (
    activity_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL
);

-- NULL: in a listed cohort, whose members need no order.
ALTER TABLE cohort_members ALTER first_order_id DROP NOT NULL;
ALTER TABLE cohort_members ALTER first_order_at DROP NOT NULL;

-- What a shop's file says of a customer in columns that `users` does not have; an empty value has no row.
CREATE TABLE user_attributes (
    user_id BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

-- The articles of an order, where its file has a line for each and they were asked for; `line` counts an order's from 1.
CREATE TABLE order_lines (
    order_id BIGINT NOT NULL,
    line INTEGER NOT NULL,
    product_id BIGINT,
    quantity INTEGER,
    amount DECIMAL(18, 2) NOT NULL
);
