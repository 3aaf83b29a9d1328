-- what: how texts and numbers of a source become ours, for this connection
-- grain: none (definitions)
-- parameters: none

-- These run over every line, so the common case comes first and the engine must be
-- able to skip the rest: only CASE and coalesce leave branches out, and a subexpression
-- that occurs twice is computed ahead of them, for all lines.

-- A text without its outer blanks; NULL when nothing is left.
CREATE OR REPLACE TEMP MACRO import_text(value) AS
    CASE
        WHEN starts_with(value, ' ') OR ends_with(value, ' ') OR value = '' THEN nullif(trim(value), '')
        ELSE value
    END;

-- A double as text, a whole one without a fraction.
CREATE OR REPLACE TEMP MACRO import_float_text(value) AS
    CASE
        WHEN value = trunc(value) AND abs(value) < 1e15 THEN CAST(CAST(value AS BIGINT) AS VARCHAR)
        ELSE CAST(value AS VARCHAR)
    END;

-- An id that is a whole number in digits, 1 to 10^18; NULL for any other.
CREATE OR REPLACE TEMP MACRO import_number(value) AS
    CASE
        WHEN TRY_CAST(value AS BIGINT) BETWEEN 1 AND 1000000000000000000
            AND (CAST(TRY_CAST(value AS BIGINT) AS VARCHAR) = value OR regexp_full_match(value, '[0-9]+'))
        THEN TRY_CAST(value AS BIGINT)
    END;

-- An id that is a whole number and written as one, so that the number says it all; NULL for any other.
CREATE OR REPLACE TEMP MACRO import_exact_number(value) AS
    CASE
        WHEN TRY_CAST(value AS BIGINT) BETWEEN 1 AND 1000000000000000000
            AND CAST(TRY_CAST(value AS BIGINT) AS VARCHAR) = value
        THEN TRY_CAST(value AS BIGINT)
    END;

-- The same of a whole number.
CREATE OR REPLACE TEMP MACRO import_positive(value) AS
    CASE WHEN value BETWEEN 1 AND 1000000000000000000 THEN CAST(value AS BIGINT) END;

-- The shop's own id of an order or a customer, of the two ways in which it is kept.
CREATE OR REPLACE TEMP MACRO import_id(number, written) AS
    coalesce(written, CAST(number AS VARCHAR));

-- Whether an order's number was given here, so that it is no id of the shop's.
CREATE OR REPLACE TEMP MACRO import_is_numbered(number) AS
    EXISTS (
        SELECT 1
        FROM numbered_orders
        WHERE number BETWEEN numbered_orders.first_id AND numbered_orders.last_id
    );

-- `₩1,234.50`, `-$5` and the accountants' `(12.00)` as a plain number; NULL for what is none of these.
-- A comma must separate thousands: `12,50` is not 1250.
CREATE OR REPLACE TEMP MACRO import_plain_number(value) AS
    CASE
        WHEN regexp_full_match(
                value,
                '\s*\(?\s*[-+]?\s*[$€£₩¥]?\s*[-+]?\s*(\d+|\d{1,3}(,\d{3})+)(\.\d*)?\s*\)?\s*'
            )
            AND contains(value, '(') = contains(value, ')')
        THEN
            CASE WHEN contains(value, '(') THEN '-' ELSE '' END
            || regexp_replace(value, '[^0-9.+-]', '', 'g')
    END;

-- An amount of money, half-up (away from zero) to 0.01; NULL when it is none or does not fit.
CREATE OR REPLACE TEMP MACRO import_amount(value) AS
    coalesce(
        TRY_CAST(value AS DECIMAL(18, 2)),
        TRY_CAST(import_plain_number(value) AS DECIMAL(18, 2))
    );

-- Whether a text that is no amount is a number, and so too large a one.
CREATE OR REPLACE TEMP MACRO import_too_large(value) AS
    coalesce(abs(TRY_CAST(coalesce(import_plain_number(value), value) AS DOUBLE)) >= 1e15, false)
    AND NOT regexp_matches(value, '(?i)inf|nan');

-- A whole number that fits INTEGER; NULL when it is none. (A cast alone would round 1.5 to 2.)
CREATE OR REPLACE TEMP MACRO import_whole(value) AS
    CASE WHEN value = trunc(value) THEN TRY_CAST(value AS INTEGER) END;

CREATE OR REPLACE TEMP MACRO import_quantity(value) AS
    import_whole(coalesce(
        TRY_CAST(value AS DECIMAL(18, 4)),
        TRY_CAST(import_plain_number(value) AS DECIMAL(18, 4))
    ));

-- An instant as text, if it is one that a message may have to show.
CREATE OR REPLACE TEMP MACRO import_unlikely_instant(instant) AS
    CASE
        WHEN instant < TIMESTAMP '1000-01-01' OR instant >= TIMESTAMP '9999-12-31' THEN CAST(instant AS VARCHAR)
        WHEN instant IS NOT NULL THEN ''
    END;

-- A text as local time: ISO 8601 first (an offset or Z is dropped: the time as written
-- counts), then the formats.
CREATE OR REPLACE TEMP MACRO import_instant(value, formats) AS
    coalesce(TRY_CAST(value AS TIMESTAMP), try_strptime(value, formats));

-- The same for texts whose order of day, month and year is known, which ISO 8601 could mistake.
CREATE OR REPLACE TEMP MACRO import_ordered_instant(value, formats) AS
    coalesce(try_strptime(value, formats), TRY_CAST(value AS TIMESTAMP));

-- A text as local time in the one format given; a zone's offset at the end is dropped.
CREATE OR REPLACE TEMP MACRO import_formatted_instant(value, format) AS
    coalesce(
        try_strptime(value, format),
        try_strptime(regexp_replace(value, '\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$', ''), format)
    );

-- A status in our words or common ones; NULL for any other.
CREATE OR REPLACE TEMP MACRO import_status(value) AS
    CAST(
        CASE lower(value)
            WHEN 'success' THEN 'Success'
            WHEN 'paid' THEN 'Success'
            WHEN 'completed' THEN 'Success'
            WHEN 'complete' THEN 'Success'
            WHEN 'delivered' THEN 'Success'
            WHEN 'shipped' THEN 'Success'
            WHEN 'refunded' THEN 'Refunded'
            WHEN 'returned' THEN 'Refunded'
            WHEN 'cancelled' THEN 'Cancelled'
            WHEN 'canceled' THEN 'Cancelled'
            WHEN 'failed' THEN 'Failed'
            WHEN 'declined' THEN 'Failed'
        END
        AS order_status
    );

-- The price of a piece: as given, else the amount divided by the quantity, half-up to 0.01.
-- Hundredths of a usual amount fit BIGINT, which divides several times as fast as HUGEINT.
CREATE OR REPLACE TEMP MACRO import_unit_price(given, amount, quantity) AS
    CASE
        WHEN given IS NOT NULL THEN given
        WHEN quantity = 1 THEN amount
        WHEN quantity > 0 AND amount BETWEEN -1000000000000 AND 1000000000000 THEN
            CAST(
                sign(amount)
                * ((2 * abs(CAST(amount * 100 AS BIGINT)) + quantity) // (2 * CAST(quantity AS BIGINT)))
                AS DECIMAL(18, 0)
            ) * 0.01
        ELSE divide_half_up(CAST(amount AS DECIMAL(38, 2)), CAST(quantity AS BIGINT))
    END;

-- A negative amount does not count, whatever the source calls it.
CREATE OR REPLACE TEMP MACRO import_order_status(status, amount) AS
    CASE WHEN amount < 0 AND status = 'Success' THEN CAST('Refunded' AS order_status) ELSE status END;
