-- what: orders with a negative amount are Returned, for this connection
-- grain: none (definitions)
-- parameters: none
CREATE OR REPLACE TEMP MACRO import_order_status(status, amount) AS
    CASE
        WHEN amount < 0 AND status IN ('Success', 'Refunded', 'Returned') THEN CAST('Returned' AS order_status)
        WHEN amount > 0 AND status = 'Returned' THEN CAST('Refunded' AS order_status)
        ELSE status
    END;
