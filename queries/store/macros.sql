-- what: arithmetic, rules and lists shared by several statements, for this connection
-- grain: none (definitions)
-- parameters: none

-- The month offset of an instant: the n with start + n months <= at < start + (n + 1) months.
-- Months are added to the start itself, clamped at month ends.
CREATE OR REPLACE TEMP MACRO month_offset_of(start_at, instant) AS
    date_diff('month', start_at, instant)
    - CASE WHEN start_at + to_months(CAST(date_diff('month', start_at, instant) AS INTEGER)) > instant THEN 1 ELSE 0 END;

-- An amount divided by a count, half-up (away from zero) to 0.01, in whole numbers; NULL for no count.
CREATE OR REPLACE TEMP MACRO divide_half_up(amount, n) AS
    CASE WHEN n > 0 THEN
        CAST(
            CAST(
                sign(amount) * ((2 * abs(CAST(CAST(amount AS DECIMAL(38, 2)) * 100 AS HUGEINT)) + n) // (2 * n))
                AS DECIMAL(36, 0)
            ) * 0.01
            AS DECIMAL(18, 2)
        )
    END;

-- A sum of amounts as an amount: where DECIMAL(18,2) cannot hold it, the nearest amount that it can.
CREATE OR REPLACE TEMP MACRO as_amount(total) AS
    CAST(least(greatest(total, -9999999999999999.99), 9999999999999999.99) AS DECIMAL(18, 2));

-- What an order adds (by xor) to the checksum of a month's orders: it depends on which order, whose and how much,
-- and on nothing of the engine, so that it can be kept. 30 bits of each number (10,737,418.24 is 2^30 hundredths),
-- so that no product leaves 62 bits; the product of the two halves tells apart orders that have exchanged their
-- amounts or customers.
CREATE OR REPLACE TEMP MACRO order_checksum(order_id, user_id, amount) AS
    CAST(
        ((order_id & 1073741823) + 668265263)
        * ((xor(CAST(amount % 10737418.24 * 100 AS BIGINT), (user_id & 1073741823) * 374761393) & 1073741823) + 461845907)
        AS UBIGINT
    );

-- The fields of a row of ltv_batch that are computed, in the order in which differences are told: what compares
-- and prints all of them goes by this list.
CREATE OR REPLACE TEMP MACRO measures() AS [
    'cohort_start_date', 'cohort_size', 'avg_cac',
    'monthly_revenue', 'monthly_orders', 'active_users',
    'ltv_cumulative', 'ltv_cac_ratio', 'cumulative_profit', 'is_break_even',
    'repeat_purchase_rate', 'avg_purchase_frequency', 'avg_order_value',
    'cumulative_orders', 'repeat_customers', 'slice_hash'
];

-- The end of an activity's acquisition window.
CREATE OR REPLACE TEMP MACRO window_end(start_at, end_at) AS coalesce(end_at, start_at + INTERVAL 1 MONTH);

-- The longest that a cohort is followed, in months: an offset beyond it is no month of any calendar.
CREATE OR REPLACE TEMP MACRO longest_cohort() AS 1200;

-- The word of the grade that an amount and a number of orders earn: the highest whose two conditions are met.
CREATE OR REPLACE TEMP MACRO grade_earned(
    amount, orders, vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
) AS
    CASE
        WHEN amount >= vip_amount AND orders >= vip_orders THEN 'VIP'
        WHEN amount >= gold_amount AND orders >= gold_orders THEN 'GOLD'
        WHEN amount >= silver_amount AND orders >= silver_orders THEN 'SILVER'
        ELSE 'BRONZE'
    END;
