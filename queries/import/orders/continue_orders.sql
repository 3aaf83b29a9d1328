-- what: fills in the further lines of an order from its first line
-- grain: one row per line
-- parameters: none
-- reads: import_lines
-- Shops write customer, status and total once, on an order's first line: a line without a customer and an
-- amount is another article of it, and adds nothing to the total.
UPDATE import_lines
SET
    customer_number = heads.customer_number,
    customer_text = heads.customer_text,
    activity = coalesce(import_lines.activity, heads.activity),
    status = heads.status,
    created_at = coalesce(import_lines.created_at, heads.created_at),
    amount = 0,
    problem = NULL
FROM (
    SELECT
        order_number,
        order_text,
        arg_min_null(customer_number, rowid) AS customer_number,
        arg_min_null(customer_text, rowid) AS customer_text,
        arg_min_null(activity, rowid) AS activity,
        arg_min(status, rowid) AS status,
        arg_min(created_at, rowid) AS created_at
    FROM import_lines
    WHERE problem IS NULL
      AND import_id(order_number, order_text) IN (
          SELECT import_id(order_number, order_text)
          FROM import_lines
          WHERE problem = 'no customer'
      )
    GROUP BY order_number, order_text
) AS heads
WHERE import_lines.problem = 'no customer'
  AND import_lines.amount IS NULL
  AND heads.order_number IS NOT DISTINCT FROM import_lines.order_number
  AND heads.order_text IS NOT DISTINCT FROM import_lines.order_text;
