-- what: how the words of customers become ours, for this connection
-- grain: none (definitions)
-- parameters: none

-- Words that say that something is not known.
CREATE OR REPLACE TEMP MACRO import_says_nothing(value) AS
    lower(value) IN ('unknown', 'n/a', 'na', 'none', 'null', 'not specified', '-', '?', '미상', '알수없음', '알 수 없음');

-- F or M; NULL for any other word.
CREATE OR REPLACE TEMP MACRO import_gender(value) AS
    CAST(
        CASE
            WHEN lower(value) IN ('f', 'female', 'w', 'woman', 'women', '여', '여성', '여자') THEN 'F'
            WHEN lower(value) IN ('m', 'male', 'man', 'men', '남', '남성', '남자') THEN 'M'
        END
        AS gender
    );

-- Whether a word that is neither says so: such a customer's gender is not one that scores tell apart.
CREATE OR REPLACE TEMP MACRO import_no_gender(value) AS
    import_says_nothing(value) OR lower(value) IN ('u', 'o', 'x', 'other', 'others', 'diverse', 'non-binary', '기타');

-- ACTIVE or DORMANT; NULL for any other word.
CREATE OR REPLACE TEMP MACRO import_customer_status(value) AS
    CAST(
        CASE
            WHEN lower(value) IN ('active', 'enabled', 'normal', '활성', '활동', '정상', '이용중') THEN 'ACTIVE'
            WHEN lower(value) IN ('dormant', 'inactive', 'disabled', 'sleeping', 'lapsed', '휴면', '비활성') THEN 'DORMANT'
        END
        AS customer_status
    );

-- Whether a customer agreed; NULL for any other word.
CREATE OR REPLACE TEMP MACRO import_consent(value) AS
    CASE
        WHEN lower(value) IN (
            'true', 't', 'yes', 'y', '1', 'on', 'o', 'agree', 'agreed', 'subscribed', 'opt-in', 'optin',
            '동의', '동의함', '수신', '수신동의', '예'
        ) THEN true
        WHEN lower(value) IN (
            'false', 'f', 'no', 'n', '0', 'off', 'x', 'disagree', 'refused', 'unsubscribed', 'opt-out', 'optout',
            '미동의', '동의안함', '거부', '수신거부', '아니오'
        ) THEN false
    END;

-- One of our four grades; NULL for any other word.
CREATE OR REPLACE TEMP MACRO import_grade(value) AS TRY_CAST(upper(value) AS grade);

-- What MySQL writes for a date that is not there.
CREATE OR REPLACE TEMP MACRO import_no_date(value) AS starts_with(value, '0000-00-00');

-- A day of birth; of a year alone its middle, which is half a year off at most.
CREATE OR REPLACE TEMP MACRO import_birth_date(instant, value) AS
    CASE
        WHEN instant IS NOT NULL THEN CAST(instant AS DATE)
        WHEN regexp_full_match(value, '(18|19|20)\d\d') THEN make_date(CAST(value AS BIGINT), 7, 1)
    END;
