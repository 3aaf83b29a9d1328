-- what: orders with a negative amount are Refunded, for this connection
-- grain: none (definitions)
-- parameters: none
CREATE OR REPLACE TEMP MACRO import_order_status(status, amount) AS
    CASE
        WHEN status = 'Returned' OR (amount < 0 AND status = 'Success') THEN CAST('Refunded' AS order_status)
        ELSE status
    END;
