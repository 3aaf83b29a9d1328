-- what: the two pieces of arithmetic that several statements share, for this connection
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
