-- what: the parts of the lake's statements that are specific to DuckDB
-- grain: none (definitions); expanded into the statements as text, each argument in parentheses
-- parameters: none

-- The instant n months later: added to the start itself, clamped at the month's end, microseconds kept.
CREATE OR REPLACE TEMP MACRO months_after(instant, n) AS instant + to_months(CAST(n AS INTEGER));

-- The integer quotient of two positive whole numbers.
CREATE OR REPLACE TEMP MACRO whole_quotient(a, b) AS a // b;

-- Whole hundredths divided by a count, rounded half-up (away from zero), in integer arithmetic.
CREATE OR REPLACE TEMP MACRO divide_half_up(hundredths, n) AS
    CASE
        WHEN hundredths < 0 THEN -whole_quotient(2 * abs(hundredths) + n, 2 * n)
        ELSE whole_quotient(2 * hundredths + n, 2 * n)
    END;

-- An amount in whole hundredths, by way of a wider decimal: the largest amounts would overflow.
CREATE OR REPLACE TEMP MACRO hundredths_of(amount) AS CAST(CAST(amount AS DECIMAL(20, 2)) * 100 AS BIGINT);

-- The amount of this many hundredths.
CREATE OR REPLACE TEMP MACRO amount_of(hundredths) AS
    CAST(CAST(hundredths AS DECIMAL(20, 0)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2));

-- The double nearest to an amount.
CREATE OR REPLACE TEMP MACRO double_of(amount) AS CAST(amount AS DOUBLE);

-- What an order contributes (by xor) to the checksum of a month's orders, as in the local batch: 30 bits of each number.
CREATE OR REPLACE TEMP MACRO order_checksum(order_id, user_id, hundredths) AS
    ((order_id & 1073741823) + 668265263)
    * ((xor(hundredths % 1073741824, (user_id & 1073741823) * 374761393) & 1073741823) + 461845907);

-- A sum of amounts as an amount, clamped to the range of DECIMAL(18, 2).
CREATE OR REPLACE TEMP MACRO as_amount(total) AS
    CAST(
        least(
            greatest(total, CAST('-9999999999999999.99' AS DECIMAL(18, 2))),
            CAST('9999999999999999.99' AS DECIMAL(18, 2))
        )
        AS DECIMAL(18, 2)
    );

-- The rank of the grade that an amount and a number of orders earn: 3 is VIP, 0 is BRONZE.
CREATE OR REPLACE TEMP MACRO earned_rank(
    amount, orders, vip_amount, vip_orders, gold_amount, gold_orders, silver_amount, silver_orders
) AS
    CASE
        WHEN amount >= vip_amount AND orders >= vip_orders THEN 3
        WHEN amount >= gold_amount AND orders >= gold_orders THEN 2
        WHEN amount >= silver_amount AND orders >= silver_orders THEN 1
        ELSE 0
    END;
