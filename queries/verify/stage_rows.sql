-- what: the rows as they should be, each from everything up to its month's end; no amount where none can hold the sum
-- grain: one row per activity and month offset
-- parameters: gross_margin (in millionths)
CREATE OR REPLACE TEMP TABLE expected_rows AS
WITH sizes AS (
    SELECT activity_id, count(DISTINCT user_id) AS cohort_size
    FROM cohort_members
    GROUP BY activity_id
),
by_month AS (
    SELECT
        activity_id, month_offset,
        sum(amount) AS revenue, sum(orders) AS orders, count(*) FILTER (WHERE orders > 0) AS buyers, bit_xor(orders_hash) AS slice_hash
    FROM member_purchases
    GROUP BY activity_id, month_offset
),
turned AS (
    SELECT activity_id, repeat_offset, count(*) AS customers
    FROM expected_state
    WHERE repeat_offset IS NOT NULL
    GROUP BY activity_id, repeat_offset
),
bought_so_far AS (
    SELECT months.activity_id, months.month_offset, sum(by_month.revenue) AS revenue, sum(by_month.orders) AS orders
    FROM expected_months AS months
    JOIN by_month ON by_month.activity_id = months.activity_id
    WHERE by_month.month_offset <= months.month_offset
    GROUP BY months.activity_id, months.month_offset
),
turned_so_far AS (
    SELECT months.activity_id, months.month_offset, sum(turned.customers) AS customers
    FROM expected_months AS months
    JOIN turned ON turned.activity_id = months.activity_id
    WHERE turned.repeat_offset <= months.month_offset
    GROUP BY months.activity_id, months.month_offset
),
-- Amounts in whole hundredths, so that divisions round half-up exactly.
facts AS (
    SELECT
        months.activity_id,
        months.month_offset,
        months.until_at,
        CAST(strftime(months.start_at, '%Y-%m-%d') AS DATE) AS cohort_start_date,
        sizes.cohort_size,
        CAST(months.budget * 100 AS HUGEINT) AS budget,
        CAST(coalesce(by_month.revenue, 0) * 100 AS HUGEINT) AS revenue,
        coalesce(by_month.orders, 0) AS orders,
        coalesce(by_month.buyers, 0) AS buyers,
        CAST(coalesce(by_month.slice_hash, 0) AS UBIGINT) AS slice_hash,
        CAST(coalesce(bought_so_far.revenue, 0) * 100 AS HUGEINT) AS revenue_so_far,
        CAST(coalesce(bought_so_far.orders, 0) AS HUGEINT) AS orders_so_far,
        CAST(coalesce(turned_so_far.customers, 0) AS BIGINT) AS repeat_customers
    FROM expected_months AS months
    JOIN sizes ON sizes.activity_id = months.activity_id
    LEFT JOIN by_month
      ON by_month.activity_id = months.activity_id AND by_month.month_offset = months.month_offset
    LEFT JOIN bought_so_far
      ON bought_so_far.activity_id = months.activity_id AND bought_so_far.month_offset = months.month_offset
    LEFT JOIN turned_so_far
      ON turned_so_far.activity_id = months.activity_id AND turned_so_far.month_offset = months.month_offset
    WHERE months.is_kept
),
-- Half-up is away from zero: on the size, with the sign put back.
divided AS (
    SELECT
        *,
        sign(budget) * (abs(budget) // cohort_size
            + CASE WHEN 2 * (abs(budget) % cohort_size) >= cohort_size THEN 1 ELSE 0 END) AS cac,
        CASE WHEN orders_so_far > 0 THEN
            sign(revenue_so_far) * (abs(revenue_so_far) // orders_so_far
                + CASE WHEN 2 * (abs(revenue_so_far) % orders_so_far) >= orders_so_far THEN 1 ELSE 0 END)
        END AS order_value,
        sign(revenue_so_far) * (abs(revenue_so_far) * $gross_margin // 1000000
            + CASE WHEN abs(revenue_so_far) * $gross_margin % 1000000 >= 500000 THEN 1 ELSE 0 END)
            - coalesce(budget, 0) AS profit
    FROM facts
)
SELECT
    activity_id,
    month_offset,
    cohort_start_date,
    cohort_size,
    TRY_CAST(CAST(cac AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS avg_cac,
    TRY_CAST(CAST(revenue_so_far AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS ltv_cumulative,
    CASE WHEN budget <> 0 THEN
        CAST(TRY_CAST(CAST(revenue_so_far AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS DOUBLE)
            / CAST(CAST(CAST(budget AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS DOUBLE)
    END AS ltv_cac_ratio,
    TRY_CAST(CAST(profit AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS cumulative_profit,
    profit >= 0 AS is_break_even,
    TRY_CAST(CAST(revenue AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS monthly_revenue,
    CAST(orders AS BIGINT) AS monthly_orders,
    buyers AS active_users,
    CAST(100 * repeat_customers AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS repeat_purchase_rate,
    CAST(orders_so_far AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS avg_purchase_frequency,
    TRY_CAST(CAST(order_value AS DECIMAL(36, 0)) * 0.01 AS DECIMAL(18, 2)) AS avg_order_value,
    CAST(orders_so_far AS BIGINT) AS cumulative_orders,
    repeat_customers,
    slice_hash,
    until_at
FROM divided
ORDER BY activity_id, month_offset;
