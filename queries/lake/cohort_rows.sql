-- what: the due rows, from the previous row, the month's slice and the members' state
-- grain: one row per activity and month offset
-- parameters: as_of, gross_margin (a decimal above 0 and at most 1)
-- reads: due_months, member_slices, member_states, written_rows, activities
WITH bought AS (
    SELECT
        activity_id,
        month_offset,
        CAST(sum(revenue_hundredths) AS BIGINT) AS revenue,
        CAST(sum(orders) AS BIGINT) AS orders,
        CAST(sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) AS BIGINT) AS buyers,
        bit_xor(slice_hash) AS slice_hash
    FROM member_slices
    GROUP BY activity_id, month_offset
),
newly_repeat AS (
    SELECT states.activity_id, states.repeat_offset AS month_offset, count(*) AS customers
    FROM member_states AS states
    JOIN (SELECT DISTINCT activity_id, from_offset FROM due_months) AS due
      ON due.activity_id = states.activity_id
    WHERE states.repeat_offset >= due.from_offset
    GROUP BY states.activity_id, states.repeat_offset
),
months AS (
    SELECT
        due.activity_id,
        due.month_offset,
        due.from_offset,
        due.start_at,
        due.cohort_size,
        coalesce(bought.revenue, 0) AS revenue,
        coalesce(bought.orders, 0) AS orders,
        coalesce(bought.buyers, 0) AS buyers,
        coalesce(newly_repeat.customers, 0) AS newly_repeat,
        coalesce(bought.slice_hash, 0) AS slice_hash
    FROM due_months AS due
    LEFT JOIN bought ON bought.activity_id = due.activity_id AND bought.month_offset = due.month_offset
    LEFT JOIN newly_repeat
      ON newly_repeat.activity_id = due.activity_id AND newly_repeat.month_offset = due.month_offset
),
cumulated AS (
    SELECT
        months.activity_id,
        months.month_offset,
        coalesce(previous.cohort_start_date, CAST(months.start_at AS DATE)) AS cohort_start_date,
        coalesce(previous.cohort_size, months.cohort_size) AS cohort_size,
        hundredths_of(activities.budget) AS budget,
        months.revenue,
        months.orders,
        months.buyers,
        months.slice_hash,
        CAST(
            coalesce(hundredths_of(previous.ltv_cumulative), 0) + sum(months.revenue) OVER so_far AS BIGINT
        ) AS revenue_so_far,
        CAST(coalesce(previous.cumulative_orders, 0) + sum(months.orders) OVER so_far AS BIGINT) AS orders_so_far,
        CAST(
            coalesce(previous.repeat_customers, 0) + sum(months.newly_repeat) OVER so_far AS BIGINT
        ) AS repeat_customers
    FROM months
    JOIN activities ON activities.activity_id = months.activity_id
    LEFT JOIN written_rows AS previous
      ON previous.activity_id = months.activity_id AND previous.month_offset = months.from_offset - 1
    WINDOW so_far AS (PARTITION BY months.activity_id ORDER BY months.month_offset)
),
amounts AS (
    SELECT
        *,
        amount_of(budget) AS budget_amount,
        amount_of(revenue_so_far) AS ltv,
        -- The product needs more than 64 bits; the cast rounds half-up.
        CAST(
            CAST(CAST(amount_of(revenue_so_far) AS DECIMAL(20, 2)) * CAST($gross_margin AS DECIMAL(7, 6)) AS DECIMAL(18, 2))
                - coalesce(amount_of(budget), CAST(0 AS DECIMAL(18, 2)))
            AS DECIMAL(18, 2)
        ) AS profit
    FROM cumulated
),
computed AS (
    SELECT
        activity_id,
        month_offset,
        cohort_start_date,
        cohort_size,
        amount_of(divide_half_up(budget, cohort_size)) AS avg_cac,
        ltv AS ltv_cumulative,
        CASE WHEN budget <> 0 THEN double_of(ltv) / double_of(budget_amount) END AS ltv_cac_ratio,
        profit AS cumulative_profit,
        profit >= CAST(0 AS DECIMAL(18, 2)) AS is_break_even,
        amount_of(revenue) AS monthly_revenue,
        orders AS monthly_orders,
        buyers AS active_users,
        CAST(repeat_customers AS DOUBLE) * CAST(100 AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS repeat_purchase_rate,
        CAST(orders_so_far AS DOUBLE) / CAST(cohort_size AS DOUBLE) AS avg_purchase_frequency,
        CASE WHEN orders_so_far > 0 THEN amount_of(divide_half_up(revenue_so_far, orders_so_far)) END AS avg_order_value,
        orders_so_far AS cumulative_orders,
        repeat_customers,
        slice_hash
    FROM amounts
)
SELECT
    computed.activity_id,
    computed.month_offset,
    -- A row that is restated without a change keeps the time at which it was collected.
    CASE
        WHEN written.cohort_start_date = computed.cohort_start_date
            AND written.cohort_size = computed.cohort_size
            AND written.avg_cac IS NOT DISTINCT FROM computed.avg_cac
            AND written.ltv_cumulative = computed.ltv_cumulative
            AND written.ltv_cac_ratio IS NOT DISTINCT FROM computed.ltv_cac_ratio
            AND written.cumulative_profit = computed.cumulative_profit
            AND written.is_break_even = computed.is_break_even
            AND written.monthly_revenue = computed.monthly_revenue
            AND written.monthly_orders = computed.monthly_orders
            AND written.active_users = computed.active_users
            AND written.repeat_purchase_rate = computed.repeat_purchase_rate
            AND written.avg_purchase_frequency = computed.avg_purchase_frequency
            AND written.avg_order_value IS NOT DISTINCT FROM computed.avg_order_value
            AND written.cumulative_orders = computed.cumulative_orders
            AND written.repeat_customers = computed.repeat_customers
        THEN written.collected_at
        ELSE $as_of
    END AS collected_at,
    computed.cohort_start_date,
    computed.cohort_size,
    computed.avg_cac,
    computed.ltv_cumulative,
    computed.ltv_cac_ratio,
    computed.cumulative_profit,
    computed.is_break_even,
    computed.monthly_revenue,
    computed.monthly_orders,
    computed.active_users,
    computed.repeat_purchase_rate,
    computed.avg_purchase_frequency,
    computed.avg_order_value,
    computed.cumulative_orders,
    computed.repeat_customers,
    computed.slice_hash
FROM computed
LEFT JOIN written_rows AS written
  ON written.activity_id = computed.activity_id AND written.month_offset = computed.month_offset
