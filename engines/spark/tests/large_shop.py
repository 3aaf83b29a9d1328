"""A large shop as the files that `lifecycle import` takes: `python large_shop.py FOLDER ORDERS`.

Ten orders a customer over two years, some customers with far more than others; 24 acquiring activities, one a month,
and six that touch whoever buys through them. Every order is drawn from a hash of its number: the same files each time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

ACTIVITIES = """
SELECT
    'A' || lpad(CAST(n AS VARCHAR), 2, '0') AS activity_id,
    'Activity ' || n AS name,
    'Campaign ' || (n % 5) AS campaign,
    'search' AS channel,
    CASE WHEN n % 7 = 0 THEN NULL ELSE 1000000 + 333333 * n END AS budget,
    TIMESTAMP '2023-01-01' + to_months(CAST(CASE WHEN n < 24 THEN n ELSE 3 * (n - 23) END AS INTEGER)) AS start_at,
    CASE WHEN n < 24 THEN 'acquired' ELSE 'touched' END AS cohort
FROM range(30) AS numbers (n)
ORDER BY n
"""

ORDERS = """
WITH drawn AS (
    SELECT
        n,
        (hash(n, 1) % 1000000) / 1000000.0 AS for_customer,
        hash(n, 2) % 63158400 AS second,
        hash(n, 3) AS for_activity,
        hash(n, 4) AS for_amount,
        hash(n, 5) % 100 AS for_status
    FROM range($orders) AS numbers (n)
)
SELECT
    'O' || n AS order_id,
    -- Squared: some customers come far more often.
    'C' || CAST(floor(for_customer * for_customer * $orders / 10) AS BIGINT) AS customer,
    TIMESTAMP '2023-01-01' + to_seconds(second) AS created_at,
    CASE
        WHEN for_activity % 10 < 4
            THEN 'A' || lpad(CAST(CAST(floor(second / 2631600) AS INTEGER) AS VARCHAR), 2, '0')
        WHEN for_activity % 10 = 4 THEN 'A' || (24 + for_activity // 10 % 6)
    END AS activity,
    CAST(100 + for_amount % 20000000 AS DECIMAL(18, 2)) / 100 AS amount,
    CASE WHEN for_status < 94 THEN 'Success' WHEN for_status < 97 THEN 'Cancelled' ELSE 'Refunded' END AS status
FROM drawn
ORDER BY created_at, n
"""


def write_shop(folder: Path, orders: int) -> None:
    """Writes `activities.csv` and `orders.parquet` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"COPY ({ACTIVITIES}) TO '{folder}/activities.csv' (HEADER)")
    duckdb.sql(f"COPY ({ORDERS.replace('$orders', str(orders))}) TO '{folder}/orders.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    write_shop(Path(sys.argv[1]), int(sys.argv[2]))
