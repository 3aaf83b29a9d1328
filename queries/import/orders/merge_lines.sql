-- what: the orders merged from several lines
-- grain: one row per order
-- parameters: merged (whether any order has several lines; if none has, none is here)
-- reads: import_lines
-- makes: import_merged
-- Amounts and quantities add. If some lines are Success, the others (a cancelled
-- position, say) do not add, but what is given back does, whatever it is called; if
-- none is, all do, under the first line's status.
CREATE OR REPLACE TEMP TABLE import_merged AS
WITH sums AS (
    SELECT
        min(rowid) AS record,
        order_number,
        order_text,
        min(customer_number) AS customer_number,
        min(customer_text) AS customer_text,
        CASE WHEN min(product) = max(product) THEN min(product) END AS product,
        arg_min(activity, rowid) AS activity,
        count(*) FILTER (WHERE status = 'Success') > 0 AS is_success,
        sum(quantity) AS quantity,
        sum(amount) AS amount,
        sum(quantity) FILTER (WHERE status = 'Success' OR amount < 0) AS success_quantity,
        sum(amount) FILTER (WHERE status = 'Success' OR amount < 0) AS success_amount,
        arg_min(status, rowid) AS first_status,
        min(created_at) AS created_at,
        CASE
            WHEN count(*) = 1 THEN min(unit_price)
            WHEN count(unit_price) = count(*) AND min(unit_price) = max(unit_price) THEN min(unit_price)
        END AS given_price
    FROM import_lines
    WHERE $merged
      AND problem IS NULL
    GROUP BY order_number, order_text
),
merged AS (
    SELECT
        * EXCLUDE (quantity, amount),
        CASE WHEN is_success THEN success_quantity ELSE quantity END AS total_quantity,
        CASE WHEN is_success THEN success_amount ELSE amount END AS total_amount,
        CASE WHEN is_success THEN CAST('Success' AS order_status) ELSE first_status END AS status
    FROM sums
)
SELECT
    record,
    order_text,
    order_number,
    customer_number,
    customer_text,
    product,
    activity,
    TRY_CAST(total_quantity AS INTEGER) AS quantity,
    import_unit_price(
        given_price,
        import_bounded(TRY_CAST(total_amount AS DECIMAL(18, 2))),
        TRY_CAST(total_quantity AS INTEGER)
    ) AS unit_price,
    import_bounded(TRY_CAST(total_amount AS DECIMAL(18, 2))) AS amount,
    status,
    created_at
FROM merged;
