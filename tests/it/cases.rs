//! Cases: small tables of input rows beside the expected rows, worked out by
//! hand, in `cases/*.txt`.
//!
//! The inputs are `[customers]`, `[activities]` and `[orders]` (`times` repeats
//! an order under the following numbers; without `[customers]`, every buyer
//! signed up on 2020-01-01 as BRONZE). The rest are steps, in the order of the
//! file: `[grades <as-of>]` updates the grades and lists every customer that it
//! grades; `[batch <as-of>]` runs the cohort batch and says what it did; then
//! `[members]` and `[ltv]` list all the rows there are, in the columns given.
//! Both recomputations must agree with every step as well.

use lifecycle::config::CohortSettings;
use std::collections::BTreeSet;

use lifecycle::cohort;
use lifecycle::store::Store;

use crate::instant::At;
use crate::oracle::{self, GRADE_RULES, LtvRow};
use crate::shop::{Activity, Customer, Order, Shop};
use crate::table::{Table, hundredths, quotient, read_tables};

/// How many offsets a cohort has.
const MONTHS: u32 = 12;

/// One test a file.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                run_case(include_str!(concat!("cases/", stringify!($name), ".txt")));
            }
        )+

        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

cases! {
    grade_thresholds,
    grade_window,
    grade_month_end,
    grade_returned,
    grade_statuses,
    grade_customers,
    grade_sequence,
    cohort_months_of_the_31st,
    cohort_empty_and_budgets,
    cohort_first_orders,
    cohort_known_buyers,
    cohort_listed,
    cohort_any_channel,
    cohort_organic,
    cohort_overlapping,
    cohort_edge_of_a_slice,
    cohort_long_window,
    cohort_default_window,
    cohort_rounding,
    cohort_last_offset,
    cohort_month_edges,
    cohort_statuses,
    cohort_touched,
    cohort_repeats,
    cohort_returned,
}

#[test]
fn every_case_file_is_run() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cases");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(files, NAMES.iter().map(|name| name.to_string()).collect());
}

fn run_case(text: &str) {
    let tables = read_tables(text);
    let shop = read_shop(&tables);
    let store = shop.stored();
    let mut batch_runs = Vec::new();
    let mut steps = 0;
    for table in &tables {
        let (word, as_of) = table.title.split_once(' ').unwrap_or((&table.title, ""));
        let as_of = || as_of.parse::<At>().unwrap();
        match word {
            "customers" | "activities" | "lists" | "orders" => continue,
            "grades" => grade_step(&store, as_of(), table),
            "batch" => {
                batch_runs.push(as_of());
                batch_step(&store, &batch_runs, table);
            }
            "members" => members_step(&store, table),
            "ltv" => ltv_step(&store, table),
            other => panic!("unknown table [{other}]"),
        }
        steps += 1;
    }
    assert!(steps > 0, "the case expects nothing");
}

pub fn read_shop(tables: &[Table]) -> Shop {
    let mut shop = Shop::default();
    for table in tables {
        match table.title.as_str() {
            "customers" => {
                table.allow_columns(&["user", "grade", "signed_up_at"]);
                shop.customers.extend(table.rows.iter().map(|row| Customer {
                    id: table.needed(row, "user"),
                    grade: table.needed(row, "grade"),
                    signed_up_at: table.needed(row, "signed_up_at"),
                }));
            }
            "activities" => {
                table.allow_columns(&["activity", "channel", "cohort", "budget", "start_at", "end_at"]);
                shop.activities.extend(table.rows.iter().map(|row| Activity {
                    id: table.needed(row, "activity"),
                    channel: table.value(row, "channel").unwrap_or_else(|| "push".to_owned()),
                    cohort: table.value(row, "cohort").unwrap_or_else(|| "acquired".to_owned()),
                    budget: table.amount(row, "budget"),
                    start_at: table.needed(row, "start_at"),
                    end_at: table.value(row, "end_at"),
                }));
            }
            "lists" => {
                table.allow_columns(&["activity", "user"]);
                let listed = |row: &Vec<String>| (table.needed(row, "activity"), table.needed(row, "user"));
                shop.lists.extend(table.rows.iter().map(listed));
            }
            "orders" => {
                table.allow_columns(&[
                    "order",
                    "user",
                    "activity",
                    "amount",
                    "status",
                    "created_at",
                    "times",
                ]);
                shop.orders.extend(table.rows.iter().flat_map(|row| repeated_order(table, row)));
            }
            _ => {}
        }
    }
    let numbers: BTreeSet<i64> = shop.orders.iter().map(|order| order.id).collect();
    assert_eq!(numbers.len(), shop.orders.len(), "an order number is used twice");
    if shop.customers.is_empty() {
        let listed = shop.lists.iter().map(|(_, user)| *user);
        let buyers: BTreeSet<i64> = shop.orders.iter().map(|order| order.user).chain(listed).collect();
        let signed_up_at: At = "2020-01-01".parse().unwrap();
        let buyer = |id| Customer { id, grade: "BRONZE".to_owned(), signed_up_at };
        shop.customers = buyers.into_iter().map(buyer).collect();
    }
    shop
}

fn repeated_order(table: &Table, row: &[String]) -> Vec<Order> {
    let order = Order {
        id: table.needed(row, "order"),
        user: table.needed(row, "user"),
        activity: table.value(row, "activity"),
        amount: table.amount(row, "amount").expect("an amount"),
        status: table.value(row, "status").unwrap_or_else(|| "Success".to_owned()),
        created_at: table.needed(row, "created_at"),
    };
    let times: i64 = table.value(row, "times").unwrap_or(1);
    (0..times).map(|more| Order { id: order.id + more, ..order.clone() }).collect()
}

fn grade_step(store: &Store, as_of: At, table: &Table) {
    table.allow_columns(&["user", "from", "grade", "amount", "orders"]);
    let before = Shop::read(store);
    oracle::check_grade_update(store, as_of, &GRADE_RULES);
    let graded = oracle::Oracle::new(&before).grades(as_of, &GRADE_RULES);
    let actual: Vec<_> = graded
        .into_iter()
        .map(|graded| {
            let from = before.customers.iter().find(|customer| customer.id == graded.user).unwrap();
            (graded.user, from.grade.clone(), graded.grade, graded.amount, graded.orders)
        })
        .collect();
    let expected: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            (
                table.needed(row, "user"),
                table.value(row, "from").unwrap_or_else(|| "BRONZE".to_owned()),
                table.needed(row, "grade"),
                i128::from(table.amount(row, "amount").expect("an amount")),
                table.needed(row, "orders"),
            )
        })
        .collect();
    oracle::assert_same(&table.title, &actual, &expected);
}

fn batch_step(store: &Store, runs: &[At], table: &Table) {
    table.allow_columns(&["frozen", "members", "rows", "activities"]);
    let as_of = *runs.last().unwrap();
    let run = cohort::run(store, as_of.naive(), CohortSettings::without_margin(MONTHS)).unwrap();
    let [row] = table.rows.as_slice() else { panic!("[{}] needs one row", table.title) };
    let actual = (run.frozen, run.members, run.rows, run.activities);
    let expected = (
        table.needed(row, "frozen"),
        table.needed(row, "members"),
        table.needed(row, "rows"),
        table.needed(row, "activities"),
    );
    assert_eq!(actual, expected, "[{}]: frozen, members, rows, activities", table.title);
    oracle::check_cohorts(store, runs, MONTHS);
    let again = cohort::run(store, as_of.naive(), CohortSettings::without_margin(MONTHS)).unwrap();
    assert_eq!((again.frozen, again.members, again.rows), (0, 0, 0), "[{}] again", table.title);
}

fn members_step(store: &Store, table: &Table) {
    table.allow_columns(&["activity", "user", "first_order", "first_order_at"]);
    let expected: Vec<oracle::Member> = table
        .rows
        .iter()
        .map(|row| oracle::Member {
            activity: table.needed(row, "activity"),
            user: table.needed(row, "user"),
            first_order: table.value(row, "first_order"),
            first_order_at: table.value(row, "first_order_at"),
        })
        .collect();
    oracle::assert_same("[members]", &oracle::members(store), &expected);
}

/// Compares the columns that the table gives, cell by cell.
fn ltv_step(store: &Store, table: &Table) {
    let actual = oracle::ltv_rows(store);
    let expected: Vec<(i64, i64)> =
        table.rows.iter().map(|row| (table.needed(row, "activity"), table.needed(row, "offset"))).collect();
    let keys: Vec<(i64, i64)> = actual.iter().map(|(row, _)| (row.activity, row.offset)).collect();
    oracle::assert_same("[ltv] keys", &keys, &expected);
    for ((actual, collected_at), cells) in actual.iter().zip(&table.rows) {
        for (column, cell) in table.columns.iter().zip(cells) {
            let place = format!("{column} of {}/{}", actual.activity, actual.offset);
            check_cell(
                &place,
                column,
                actual,
                *collected_at,
                Some(cell.as_str()).filter(|cell| *cell != "-"),
            );
        }
    }
}

fn check_cell(place: &str, column: &str, row: &LtvRow, collected_at: At, cell: Option<&str>) {
    let amount = |actual: Option<i64>| assert_eq!(actual, cell.map(hundredths), "{place}, in hundredths");
    let count = |actual: i64| assert_eq!(Some(actual), cell.map(|cell| cell.parse().unwrap()), "{place}");
    let double = |actual: Option<f64>| {
        let bits = |number: f64| (number.to_bits(), number);
        assert_eq!(actual.map(bits), cell.map(quotient).map(bits), "{place}");
    };
    match column {
        "activity" | "offset" => {}
        "start_date" => assert_eq!(Some(row.cohort_start_date.as_str()), cell, "{place}"),
        "size" => count(row.cohort_size),
        "cac" => amount(row.avg_cac),
        "ltv" => amount(Some(row.ltv_cumulative)),
        "ratio" => double(row.ltv_cac_ratio.map(|ratio| ratio.0)),
        "profit" => amount(Some(row.cumulative_profit)),
        "even" => assert_eq!(Some(if row.is_break_even { "yes" } else { "no" }), cell, "{place}"),
        "revenue" => amount(Some(row.monthly_revenue)),
        "orders" => count(row.monthly_orders),
        "active" => count(row.active_users),
        "repeat_rate" => double(Some(row.repeat_purchase_rate.0)),
        "frequency" => double(Some(row.avg_purchase_frequency.0)),
        "aov" => amount(row.avg_order_value),
        "total_orders" => count(row.cumulative_orders),
        "repeat" => count(row.repeat_customers),
        "collected_at" => assert_eq!(Some(collected_at), cell.map(|cell| cell.parse().unwrap()), "{place}"),
        other => panic!("[ltv]: unknown column {other}"),
    }
}
