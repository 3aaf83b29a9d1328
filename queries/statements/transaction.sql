-- what: the number of the running transaction
-- grain: one row
-- parameters: none
SELECT CAST(txid_current() AS BIGINT) AS transaction;
