-- what: the orders that several lines make
-- grain: one row an order
-- parameters: none
-- Amounts and quantities add. If some lines are Success, the others (a cancelled
-- position, say) do not add; if none is, all do, under the first line's status.
CREATE OR REPLACE TEMP TABLE import_merged AS
WITH counted AS (
    SELECT
        rowid AS line,
        *,
        status = 'Success' OR NOT order_text IN (
            SELECT order_text FROM import_lines WHERE status = 'Success' AND order_text IS NOT NULL
        ) AS adds
    FROM import_lines
    WHERE problem IS NULL
),
merged AS (
    SELECT
        min(line) AS line,
        order_text,
        any_value(order_number) AS order_number,
        any_value(customer) AS customer,
        CASE WHEN min(product) = max(product) THEN min(product) END AS product,
        arg_min(activity, line) AS activity,
        sum(quantity) FILTER (WHERE adds) AS total_quantity,
        sum(amount) FILTER (WHERE adds) AS total_amount,
        arg_min(status, line) FILTER (WHERE adds) AS status,
        min(created_at) AS created_at,
        CASE
            WHEN count(*) = 1 THEN min(unit_price)
            WHEN count(unit_price) = count(*) AND min(unit_price) = max(unit_price) THEN min(unit_price)
        END AS given_price
    FROM counted
    GROUP BY order_text
)
SELECT
    line,
    order_text,
    order_number,
    customer,
    product,
    activity,
    TRY_CAST(total_quantity AS INTEGER) AS quantity,
    import_unit_price(
        given_price,
        TRY_CAST(total_amount AS DECIMAL(18, 2)),
        TRY_CAST(total_quantity AS INTEGER)
    ) AS unit_price,
    TRY_CAST(total_amount AS DECIMAL(18, 2)) AS amount,
    status,
    created_at
FROM merged;
