//! The recomputation by plain loops over plain structs, in exact integers.

use std::collections::BTreeMap;

use super::{Exact, GradeRules, Graded, LtvRow, Member};
use crate::instant::At;
use crate::shop::{Activity, Order, Shop};

/// The grade of every customer who signed up before the as-of, by id: amount
/// and orders of the qualifying orders in `[as_of - window, as_of)`; returns count only in the amount.
pub fn grades(shop: &Shop, as_of: At, rules: &GradeRules) -> Vec<Graded> {
    let from = as_of.plus_months(-(rules.window_months as i32));
    let mut totals: BTreeMap<i64, (i128, i64)> = BTreeMap::new();
    for customer in &shop.customers {
        if customer.signed_up_at < as_of {
            totals.insert(customer.id, (0, 0));
        }
    }
    for order in &shop.orders {
        let in_window = order.created_at >= from && order.created_at < as_of;
        let (is_order, is_return) = (order.status == "Success", order.status == "Returned");
        if (is_order || is_return)
            && in_window
            && let Some((amount, orders)) = totals.get_mut(&order.user)
        {
            *amount += i128::from(order.amount);
            *orders += i64::from(is_order);
        }
    }
    let mut graded = Vec::new();
    for (user, (amount, orders)) in totals {
        let mut grade = "BRONZE";
        // Lowest first, so that the last one reached is the highest.
        for (name, (min_amount, min_orders)) in
            [("SILVER", rules.silver), ("GOLD", rules.gold), ("VIP", rules.vip)]
        {
            if amount >= i128::from(min_amount) && orders >= min_orders {
                grade = name;
            }
        }
        graded.push(Graded { user, grade: grade.to_owned(), amount, orders });
    }
    graded
}

/// The members of every cohort that is known and the rows of every closed month.
pub fn cohorts(shop: &Shop, as_of: At, months: u32) -> (Vec<Member>, Vec<LtvRow>) {
    // Qualifying orders and returns by customer, in order of time and then of number.
    let mut money: BTreeMap<i64, Vec<&Order>> = BTreeMap::new();
    for order in &shop.orders {
        if order.status == "Success" || order.status == "Returned" {
            money.entry(order.user).or_default().push(order);
        }
    }
    for orders in money.values_mut() {
        orders.sort_by_key(|order| (order.created_at, order.id));
    }
    let mut activities: Vec<&Activity> = shop.activities.iter().collect();
    activities.sort_by_key(|activity| activity.id);
    let (mut members, mut rows) = (Vec::new(), Vec::new());
    for activity in activities {
        let window_end = activity.end_at.unwrap_or(activity.start_at.plus_months(1));
        let is_listed = activity.cohort == "listed";
        if window_end > as_of && !is_listed {
            continue;
        }
        let found = match activity.cohort.as_str() {
            "listed" => {
                let listed = shop.lists.iter().filter(|(id, _)| *id == activity.id);
                listed.map(|(_, user)| (*user, None)).collect()
            }
            "touched" => touched(activity, window_end, &money),
            _ => acquired(activity, window_end, &money),
        };
        let nothing = Vec::new();
        let mut cohort: Vec<&[&Order]> = Vec::new();
        for (user, first) in found {
            cohort.push(money.get(&user).unwrap_or(&nothing));
            members.push(Member {
                activity: activity.id,
                user,
                first_order: first.map(|first: &Order| first.id),
                first_order_at: first.map(|first| first.created_at),
            });
        }
        let known_at = if is_listed { activity.start_at } else { window_end };
        for offset in 0..i64::from(months) {
            let month_end = activity.start_at.plus_months(offset as i32 + 1);
            if !cohort.is_empty() && month_end <= as_of {
                rows.push(LtvRow { due_at: month_end.max(known_at), ..month(activity, &cohort, offset) });
            }
        }
    }
    (members, rows)
}

/// Customers with the order that made them members.
type Found<'a> = BTreeMap<i64, Option<&'a Order>>;

/// Those whose lifetime-first order belongs to the activity and lies in its window.
fn acquired<'a>(activity: &Activity, window_end: At, money: &BTreeMap<i64, Vec<&'a Order>>) -> Found<'a> {
    let mut found = Found::new();
    for (user, orders) in money {
        let Some(first) = orders.iter().find(|order| order.status == "Success") else { continue };
        let by_it = if activity.channel == "organic" {
            first.activity.is_none()
        } else {
            first.activity == Some(activity.id)
        };
        if by_it && first.created_at >= activity.start_at && first.created_at < window_end {
            found.insert(*user, Some(*first));
        }
    }
    found
}

/// Those who ordered through the activity in its window, with the first such order.
fn touched<'a>(activity: &Activity, window_end: At, money: &BTreeMap<i64, Vec<&'a Order>>) -> Found<'a> {
    let mut found = Found::new();
    for (user, orders) in money {
        let through_it = orders.iter().find(|order| {
            order.status == "Success"
                && order.activity == Some(activity.id)
                && order.created_at >= activity.start_at
                && order.created_at < window_end
        });
        if let Some(first) = through_it {
            found.insert(*user, Some(*first));
        }
    }
    found
}

/// One row, from all orders of the cohort.
fn month(activity: &Activity, cohort: &[&[&Order]], offset: i64) -> LtvRow {
    let start = activity.start_at;
    let from = start.plus_months(offset as i32);
    let to = start.plus_months(offset as i32 + 1);
    let (mut revenue, mut orders, mut active) = (0i128, 0i64, 0i64);
    let (mut revenue_so_far, mut orders_so_far, mut repeat) = (0i128, 0i64, 0i64);
    for member in cohort {
        let (mut in_month, mut so_far) = (0i64, 0i64);
        for order in *member {
            if order.created_at < to && order.created_at >= start {
                let counted = i64::from(order.status == "Success");
                revenue_so_far += i128::from(order.amount);
                so_far += counted;
                if order.created_at >= from {
                    revenue += i128::from(order.amount);
                    in_month += counted;
                }
            }
        }
        orders_so_far += so_far;
        orders += in_month;
        active += i64::from(in_month > 0);
        repeat += i64::from(so_far >= 2);
    }
    let size = cohort.len() as i64;
    let profit = revenue_so_far - i128::from(activity.budget.unwrap_or(0));
    LtvRow {
        activity: activity.id,
        offset,
        cohort_start_date: start.date(),
        cohort_size: size,
        avg_cac: activity.budget.and_then(|budget| half_up(i128::from(budget), size)),
        ltv_cumulative: hundredths(revenue_so_far),
        ltv_cac_ratio: activity
            .budget
            .filter(|budget| *budget != 0)
            .map(|budget| Exact(units(revenue_so_far) / units(i128::from(budget)))),
        cumulative_profit: hundredths(profit),
        is_break_even: profit >= 0,
        monthly_revenue: hundredths(revenue),
        monthly_orders: orders,
        active_users: active,
        repeat_purchase_rate: Exact((repeat * 100) as f64 / size as f64),
        avg_purchase_frequency: Exact(orders_so_far as f64 / size as f64),
        avg_order_value: half_up(revenue_so_far, orders_so_far),
        cumulative_orders: orders_so_far,
        repeat_customers: repeat,
        due_at: to,
    }
}

fn hundredths(amount: i128) -> i64 {
    i64::try_from(amount).unwrap()
}

fn units(amount: i128) -> f64 {
    amount as f64 / 100.0
}

/// A quotient rounded half-up to a whole number; `None` for a divisor of zero.
fn half_up(amount: i128, count: i64) -> Option<i64> {
    if count == 0 {
        return None;
    }
    let (size, count) = (amount.abs(), i128::from(count));
    let (whole, rest) = (size / count, size % count);
    // Away from zero: round the absolute value and restore the sign.
    Some(hundredths(amount.signum() * if rest * 2 >= count { whole + 1 } else { whole }))
}
