-- what: predicted orders and revenue, version 6
-- grain: none (definitions)
-- parameters: none

-- One row per pool of customers that was fitted as of an instant. Time is in days. NULL parameters: the pool could not
-- be fitted, and `note` says why; NULL a and b: no dropout can be seen, or the model has none.
CREATE TABLE predict_runs (
    run_id BIGINT NOT NULL,
    as_of TIMESTAMP NOT NULL,
    pool VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    repeat_customers BIGINT NOT NULL,
    r DOUBLE,
    alpha DOUBLE,
    a DOUBLE,
    b DOUBLE,
    log_likelihood DOUBLE,
    spend_p DOUBLE,
    spend_q DOUBLE,
    spend_v DOUBLE,
    spend_log_likelihood DOUBLE,
    -- of the logarithms of a customer's days and mean spend, which the model of money takes for independent
    spend_correlation DOUBLE,
    -- how much cohorts differ in ln alpha and ln a
    alpha_spread DOUBLE,
    a_spread DOUBLE,
    horizon_end TIMESTAMP NOT NULL,
    holdout_from TIMESTAMP,
    -- what the hold-out missed, beyond chance: the standard deviation of the logarithm of a cohort's revenue
    holdout_error DOUBLE,
    note VARCHAR,
    version VARCHAR NOT NULL
);

-- Cumulative revenue of cohorts at the ends of months that are open: known so far, and what is expected by then.
CREATE TABLE ltv_predicted (
    run_id BIGINT NOT NULL,
    activity_id BIGINT NOT NULL,
    month_offset INTEGER NOT NULL,
    known DECIMAL(18, 2) NOT NULL,
    expected DECIMAL(18, 2) NOT NULL,
    low DECIMAL(18, 2) NOT NULL,
    high DECIMAL(18, 2) NOT NULL,
    chain_ladder DECIMAL(18, 2),
    -- going on as in the last span as long
    plain DECIMAL(18, 2) NOT NULL,
    expected_orders DOUBLE NOT NULL
);

-- One row per customer who has ordered, of the last run.
CREATE TABLE customer_predictions (
    run_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    x INTEGER NOT NULL,
    t_x INTEGER NOT NULL,
    t INTEGER NOT NULL,
    p_alive DOUBLE NOT NULL,
    p_buy DOUBLE NOT NULL,
    expected_orders DOUBLE NOT NULL,
    expected_revenue DECIMAL(18, 2) NOT NULL
);

-- What the held-out span brought, beside what the model and the plain guess said before it.
-- level: total, cohort, frequency, decile; position counts a level's rows.
CREATE TABLE predict_checks (
    run_id BIGINT NOT NULL,
    level VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label VARCHAR NOT NULL,
    activity_id BIGINT,
    customers BIGINT NOT NULL,
    actual_orders BIGINT NOT NULL,
    model_orders DOUBLE NOT NULL,
    plain_orders DOUBLE NOT NULL,
    actual_revenue DECIMAL(18, 2) NOT NULL,
    model_revenue DECIMAL(18, 2) NOT NULL,
    plain_revenue DECIMAL(18, 2) NOT NULL,
    -- the share of customers expected to order, and of those who did
    p_buy DOUBLE NOT NULL,
    bought DOUBLE NOT NULL
);
