-- what: what each member of a due cohort bought in each due month
-- grain: one row an activity, month offset and member who bought
-- parameters: slice_start, slice_end (outer bounds, so that other row groups are skipped)
CREATE OR REPLACE TEMP TABLE member_months AS
WITH due AS (
    SELECT activity_id, start_at, min(month_start) AS from_at, max(month_end) AS until_at
    FROM due_months
    GROUP BY activity_id, start_at
),
members AS (
    SELECT
        cohort_members.user_id,
        cohort_members.activity_id,
        due.start_at,
        due.from_at,
        due.until_at,
        month_offset_of(due.start_at, cohort_members.first_order_at) AS first_offset,
        cohort_members.repeat_offset IS NOT NULL AS is_repeat
    FROM due
    JOIN cohort_members ON cohort_members.activity_id = due.activity_id
),
-- Joined on the customer alone: a join on the range of dates would be planned as a range join.
bought AS (
    SELECT
        members.activity_id,
        members.user_id,
        CAST(month_offset_of(members.start_at, orders.created_at) AS INTEGER) AS month_offset,
        members.first_offset,
        members.is_repeat,
        orders.amount
    FROM orders
    JOIN members ON members.user_id = orders.user_id
    WHERE orders.status = 'Success'
      AND orders.created_at >= $slice_start
      AND orders.created_at < $slice_end
      AND orders.created_at >= members.from_at
      AND orders.created_at < members.until_at
)
SELECT
    activity_id,
    month_offset,
    user_id,
    sum(amount) AS revenue,
    count(*) AS orders,
    -- The month makes the member a repeat customer, if none before did: it is not
    -- the month of the first order, or it holds a second one.
    NOT is_repeat AND (month_offset > first_offset OR count(*) >= 2) AS repeats
FROM bought
GROUP BY activity_id, month_offset, user_id, first_offset, is_repeat;
