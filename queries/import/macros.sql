-- what: conversions of a source's texts and numbers, and how lines are staged, for this connection
-- grain: none (definitions)
-- parameters: none

-- These run over every line, so the common case comes first and the engine must be
-- able to skip the rest: only CASE and coalesce leave branches out, and a subexpression
-- that occurs twice is computed ahead of them, for all lines.

-- The type of a text column that the source does not give, which is NULL in every line: a byte each instead of 16.
-- (The engine wants one value at least.)
CREATE OR REPLACE TEMP TYPE absent_text AS ENUM ('');

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

-- An id as a text: a column of whole numbers with gaps often comes as 17850.0, which is 17850.
CREATE OR REPLACE TEMP MACRO import_id_text(value) AS
    CASE
        WHEN contains(value, '.') AND regexp_full_match(value, '[1-9][0-9]*\.0+') THEN split_part(value, '.', 1)
        ELSE value
    END;

-- The largest id that is kept as a number: four times it still fits BIGINT.
CREATE OR REPLACE TEMP MACRO import_largest_id() AS 1000000000000000000;

-- An id that is a whole number in digits, from 1 to the largest; NULL for any other.
CREATE OR REPLACE TEMP MACRO import_number(value) AS
    CASE
        WHEN TRY_CAST(value AS BIGINT) BETWEEN 1 AND import_largest_id()
            AND (CAST(TRY_CAST(value AS BIGINT) AS VARCHAR) = value OR regexp_full_match(value, '[0-9]+'))
        THEN TRY_CAST(value AS BIGINT)
    END;

-- An id that is a whole number and written as one, so that the number says it all; NULL for any other.
CREATE OR REPLACE TEMP MACRO import_exact_number(value) AS
    CASE
        WHEN TRY_CAST(value AS BIGINT) BETWEEN 1 AND import_largest_id()
            AND CAST(TRY_CAST(value AS BIGINT) AS VARCHAR) = value
        THEN TRY_CAST(value AS BIGINT)
    END;

-- The same of a whole number.
CREATE OR REPLACE TEMP MACRO import_positive(value) AS
    CASE WHEN value BETWEEN 1 AND import_largest_id() THEN CAST(value AS BIGINT) END;

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

-- Digits with the decimal point after the first `whole` of them, which may be more than there are, or fewer than none.
CREATE OR REPLACE TEMP MACRO import_shifted(sign, digits, whole) AS
    sign
    || CASE
        WHEN whole <= 0 THEN '0.' || repeat('0', -whole) || digits
        WHEN whole >= length(digits) THEN digits || repeat('0', whole - length(digits))
        ELSE left(digits, whole) || '.' || substr(digits, whole + 1)
    END;

-- A number with an exponent without it, digit by digit (`1.25e2` is `125`, `6e-4` is `0.0006`): the engine's
-- own cast rounds 0.0006 to 0.01. NULL for what is none.
CREATE OR REPLACE TEMP MACRO import_without_exponent(value) AS
    CASE
        WHEN regexp_full_match(value, '\s*[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d{1,2}\s*') THEN
            import_shifted(
                CASE WHEN starts_with(trim(value), '-') THEN '-' ELSE '' END,
                regexp_extract(value, '(\d*)\.?(\d*)[eE]', 1) || regexp_extract(value, '(\d*)\.?(\d*)[eE]', 2),
                length(regexp_extract(value, '(\d*)\.?(\d*)[eE]', 1))
                    + CAST(regexp_extract(value, '[eE]([-+]?\d+)', 1) AS INTEGER)
            )
    END;

-- A text that may be cast to a decimal: the cast reads exponents inexactly, and `1_000`.
CREATE OR REPLACE TEMP MACRO import_plain_decimal(value) AS
    CASE
        WHEN contains(value, 'e') OR contains(value, 'E') THEN import_without_exponent(value)
        WHEN contains(value, '_') THEN NULL
        ELSE value
    END;

-- An amount of less than ten trillion: a thousand of the largest still have a sum that fits.
CREATE OR REPLACE TEMP MACRO import_bounded(amount) AS
    CASE WHEN amount > -10000000000000 AND amount < 10000000000000 THEN amount END;

-- An amount of money, half-up (away from zero) to 0.01; NULL when it is none or does not fit.
CREATE OR REPLACE TEMP MACRO import_amount(value) AS
    import_bounded(coalesce(
        TRY_CAST(import_plain_decimal(value) AS DECIMAL(18, 2)),
        TRY_CAST(import_plain_number(value) AS DECIMAL(18, 2))
    ));

-- Whether a text that is no amount is a number, and so too large a one.
CREATE OR REPLACE TEMP MACRO import_too_large(value) AS
    coalesce(abs(TRY_CAST(coalesce(import_plain_number(value), value) AS DOUBLE)) >= 1e13, false)
    AND NOT regexp_matches(value, '(?i)inf|nan');

-- A whole number that fits INTEGER; NULL when it is none. (A cast alone would round 1.5 to 2.)
CREATE OR REPLACE TEMP MACRO import_whole(value) AS
    CASE WHEN value = trunc(value) THEN TRY_CAST(value AS INTEGER) END;

CREATE OR REPLACE TEMP MACRO import_quantity(value) AS
    import_whole(coalesce(
        TRY_CAST(import_plain_decimal(value) AS DECIMAL(18, 4)),
        TRY_CAST(import_plain_number(value) AS DECIMAL(18, 4))
    ));

-- An instant as text, if it is one that a message may have to show.
CREATE OR REPLACE TEMP MACRO import_unlikely_instant(instant) AS
    CASE
        WHEN instant < TIMESTAMP '1000-01-01' OR instant >= TIMESTAMP '9999-12-31' THEN CAST(instant AS VARCHAR)
        WHEN instant IS NOT NULL THEN ''
    END;

-- An instant or a day as a preview shows it; the engine has some that no calendar has, such as infinity.
CREATE OR REPLACE TEMP MACRO import_shown(instant) AS
    CASE WHEN isfinite(instant) AND abs(year(instant)) < 200000 THEN instant END;

-- A date as text; NULL for what MySQL writes for one that is not there.
CREATE OR REPLACE TEMP MACRO import_date_text(value) AS
    CASE WHEN starts_with(value, '0000-00-00') THEN NULL ELSE value END;

-- Whether a text can say a date: the engine also reads `infinity` and `epoch`.
CREATE OR REPLACE TEMP MACRO import_has_digit(value) AS
    (value >= '0' AND value < ':') OR regexp_matches(value, '\d');

-- An ISO 8601 text as local time: an offset or Z is dropped, since the time as written counts.
CREATE OR REPLACE TEMP MACRO import_iso_instant(value) AS
    CASE WHEN value >= '0' AND value < ':' THEN TRY_CAST(value AS TIMESTAMP) END;

-- `2024-01-05 10:00:00 +0900`, as Shopify writes it.
CREATE OR REPLACE TEMP MACRO import_instant_and_zone(value) AS
    import_iso_instant(regexp_extract(value, '^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?) ?[+-]\d{2}:?\d{2}$', 1));

-- A text as local time: ISO 8601 first, then the formats.
CREATE OR REPLACE TEMP MACRO import_instant(value, formats) AS
    CASE WHEN import_has_digit(value) THEN
        coalesce(import_iso_instant(value), try_strptime(value, formats), import_instant_and_zone(value))
    END;

-- The same for texts whose order of day, month and year is known, which ISO 8601 could mistake.
CREATE OR REPLACE TEMP MACRO import_ordered_instant(value, formats) AS
    CASE WHEN import_has_digit(value) THEN coalesce(try_strptime(value, formats), import_iso_instant(value)) END;

-- A text in the format of most.
CREATE OR REPLACE TEMP MACRO import_lead(value, format) AS
    CASE WHEN import_has_digit(value) THEN try_strptime(value, format) END;

-- What that gives; in the first thousand years it would be a misread text.
CREATE OR REPLACE TEMP MACRO import_led_instant(led, otherwise) AS
    CASE WHEN led >= TIMESTAMP '1000-01-01' THEN led ELSE otherwise END;

-- A text as local time in the one format given; a zone's offset at the end is dropped.
CREATE OR REPLACE TEMP MACRO import_formatted_instant(value, format) AS
    CASE WHEN import_has_digit(value) THEN
        coalesce(
            try_strptime(value, format),
            try_strptime(regexp_replace(value, '\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$', ''), format)
        )
    END;

-- Why a date cannot be used; NULL where it can. The year 24 is a misread 2024.
CREATE OR REPLACE TEMP MACRO import_date_problem(instant, written) AS
    CASE
        WHEN instant IS NULL THEN CASE WHEN written IS NOT NULL THEN 'unreadable date' END
        WHEN instant >= TIMESTAMP '1000-01-01' AND instant < TIMESTAMP '9999-12-31' THEN NULL
        WHEN instant < TIMESTAMP '0001-01-01' OR instant >= TIMESTAMP '9999-12-31' THEN 'date out of range'
        WHEN NOT regexp_matches(written, '^\d{4}') THEN 'unreadable date'
    END;

-- A day of birth; of a year alone its middle, which is half a year off at most.
CREATE OR REPLACE TEMP MACRO import_birth_date(instant, value) AS
    CASE
        WHEN instant IS NOT NULL THEN CAST(instant AS DATE)
        WHEN regexp_full_match(value, '(18|19|20)\d\d') THEN make_date(CAST(value AS BIGINT), 7, 1)
    END;

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
