-- what: the tables of a lifecycle file, version 1
-- grain: none (definitions)
-- parameters: none

CREATE TYPE gender AS ENUM ('F', 'M');
CREATE TYPE customer_status AS ENUM ('ACTIVE', 'DORMANT');
CREATE TYPE grade AS ENUM ('BRONZE', 'SILVER', 'GOLD', 'VIP');
CREATE TYPE order_status AS ENUM ('Success', 'Failed', 'Cancelled', 'Refunded');

CREATE TABLE meta (
    key VARCHAR PRIMARY KEY,
    value VARCHAR
);

CREATE TABLE users (
    user_id BIGINT NOT NULL,
    external_id VARCHAR,
    name VARCHAR,
    gender gender,
    birth_date DATE,
    region VARCHAR,
    status customer_status,
    marketing_agree BOOLEAN,
    grade grade NOT NULL,
    signed_up_at TIMESTAMP NOT NULL
);

CREATE TABLE products (
    product_id BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    category VARCHAR,
    price DECIMAL(18, 2)
);

CREATE TABLE campaigns (
    campaign_id BIGINT NOT NULL,
    name VARCHAR NOT NULL
);

CREATE TABLE campaign_activities (
    activity_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    budget DECIMAL(18, 2),
    start_at TIMESTAMP NOT NULL,
    end_at TIMESTAMP,
    -- the acquisition window has closed and its members are in cohort_members
    frozen BOOLEAN NOT NULL DEFAULT false
);

-- Kept in created_at order, so that a month's slice reads only its row groups.
-- external_id: the shop's own id, if that is no whole number that order_id could be.
CREATE TABLE orders (
    order_id BIGINT NOT NULL,
    external_id VARCHAR,
    user_id BIGINT NOT NULL,
    product_id BIGINT,
    activity_id BIGINT,
    quantity INTEGER,
    unit_price DECIMAL(18, 2),
    amount DECIMAL(18, 2) NOT NULL,
    status order_status NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE grade_runs (
    run_id BIGINT NOT NULL,
    as_of TIMESTAMP NOT NULL,
    customers BIGINT NOT NULL,
    promoted BIGINT NOT NULL,
    demoted BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    vip BIGINT NOT NULL,
    gold BIGINT NOT NULL,
    silver BIGINT NOT NULL,
    bronze BIGINT NOT NULL
);

CREATE TABLE grade_changes (
    as_of TIMESTAMP NOT NULL,
    user_id BIGINT NOT NULL,
    from_grade grade NOT NULL,
    to_grade grade NOT NULL,
    amount DECIMAL(18, 2) NOT NULL,
    orders BIGINT NOT NULL
);

-- Each customer's lifetime-first qualifying order, known for all orders before
-- meta.first_orders_before: the state that spares the batch the whole history.
CREATE TABLE first_orders (
    user_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    activity_id BIGINT
);

-- repeat_offset: the month in which the member reached two orders; NULL: not yet.
CREATE TABLE cohort_members (
    activity_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    first_order_id BIGINT NOT NULL,
    first_order_at TIMESTAMP NOT NULL,
    repeat_offset INTEGER
);

CREATE TABLE ltv_batch (
    activity_id BIGINT NOT NULL,
    month_offset INTEGER NOT NULL,
    collected_at TIMESTAMP NOT NULL,
    cohort_start_date DATE NOT NULL,
    cohort_size BIGINT NOT NULL,
    avg_cac DECIMAL(18, 2),
    ltv_cumulative DECIMAL(18, 2) NOT NULL,
    ltv_cac_ratio DOUBLE,
    cumulative_profit DECIMAL(18, 2) NOT NULL,
    is_break_even BOOLEAN NOT NULL,
    monthly_revenue DECIMAL(18, 2) NOT NULL,
    monthly_orders BIGINT NOT NULL,
    active_users BIGINT NOT NULL,
    repeat_purchase_rate DOUBLE NOT NULL,
    avg_purchase_frequency DOUBLE NOT NULL,
    avg_order_value DECIMAL(18, 2),
    cumulative_orders BIGINT NOT NULL,
    repeat_customers BIGINT NOT NULL
);
