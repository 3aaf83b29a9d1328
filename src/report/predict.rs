//! Predictions as tables.

use crate::calendar::add_months;
use crate::money::Money;
use crate::predict::{CohortMonth, CustomerPrediction, Misses};
use crate::render::{Audience, Cell, Column, Kind, Phrase, Table};
use crate::store::{PredictCheckRow, PredictRunRow};

/// Beyond this, spend counts as correlated with frequency.
const NOTABLE_CORRELATION: f64 = 0.2;

/// The columns of a parameter: four decimals for people, all digits for programs.
fn parameter(table: Table, key: &str, heading: &str, rank: u8) -> Table {
    table
        .column(Column::number(format!("{key}_shown"), heading).rank(rank).only_for(Audience::People))
        .column(Column::new(Kind::Ratio, key, heading).only_for(Audience::Programs))
}

fn parameter_cells(value: Option<f64>) -> [Cell; 2] {
    let Some(value) = value else { return [Cell::Empty, Cell::Empty] };
    [Cell::Exact { digits: (value * 1e4).round() as i128, scale: 4 }, Cell::Plain(value)]
}

/// The fits of a run, one row per pool.
pub fn fits_table(runs: &[PredictRunRow]) -> Table {
    let mut table = Table::new("fits")
        .title("Fitted models, time in days")
        .column(Column::new(Kind::Id, "run_id", "Run").only_for(Audience::Programs))
        .column(Column::new(Kind::Instant, "as_of", "As of").only_for(Audience::Programs))
        .column(Column::new(Kind::Text, "pool", "Pool"))
        .column(Column::new(Kind::Text, "model", "Model"))
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Count, "repeat_customers", "Repeat customers").rank(3));
    for (key, heading, rank) in [
        ("r", "r", 0),
        ("alpha", "alpha", 0),
        ("a", "a", 0),
        ("b", "b", 0),
        ("log_likelihood", "Log likelihood", 1),
        ("spend_p", "p", 4),
        ("spend_q", "q", 4),
        ("spend_v", "v", 4),
        ("spend_log_likelihood", "Log likelihood of spend", 6),
        ("spend_correlation", "Spend with frequency", 2),
        ("alpha_spread", "Cohorts: ln alpha", 5),
        ("a_spread", "Cohorts: ln a", 5),
        ("holdout_error", "Hold-out error", 1),
    ] {
        table = parameter(table, key, heading, rank);
    }
    table = table
        .column(Column::new(Kind::Instant, "horizon_end", "Up to").only_for(Audience::Programs))
        .column(Column::new(Kind::Instant, "holdout_from", "Hold-out from").only_for(Audience::Programs))
        .column(Column::new(Kind::Text, "note", "Note").only_for(Audience::Programs))
        .column(Column::new(Kind::Text, "version", "Version").only_for(Audience::Programs));
    for run in runs {
        table.push(fit_cells(run));
    }
    if runs.iter().any(|run| run.spend_correlation.is_some_and(|found| found.abs() > NOTABLE_CORRELATION)) {
        table = table
            .note("Spend is correlated with frequency; the model of spend treats the two as independent.");
    }
    for run in runs {
        if let Some(note) = &run.note {
            table = table.note(Phrase::new("{pool}: {note}").with("pool", &run.pool).with("note", note));
        }
    }
    table
}

fn fit_cells(run: &PredictRunRow) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Id(run.run_id),
        Cell::Timestamp(run.as_of),
        run.pool.as_str().into(),
        run.model.as_str().into(),
        Cell::Int(run.customers),
        Cell::Int(run.repeat_customers),
    ];
    for value in [
        run.r,
        run.alpha,
        run.a,
        run.b,
        run.log_likelihood,
        run.spend_p,
        run.spend_q,
        run.spend_v,
        run.spend_log_likelihood,
        run.spend_correlation,
        run.alpha_spread,
        run.a_spread,
        run.holdout_error,
    ] {
        cells.extend(parameter_cells(value));
    }
    cells.extend([
        Cell::Timestamp(run.horizon_end),
        run.holdout_from.map(Cell::Timestamp).unwrap_or_default(),
        run.note.clone().into(),
        run.version.as_str().into(),
    ]);
    cells
}

/// A pool's hold-out: which guess was closer.
pub struct HeldOut<'a> {
    /// The pool.
    pub pool: &'a str,
    /// The rows of its hold-out.
    pub rows: &'a [PredictCheckRow],
}

impl HeldOut<'_> {
    /// The errors in the revenue of all customers, and cohort by cohort: the model's, the plain
    /// guess's.
    pub fn misses(&self) -> (Option<[f64; 2]>, Option<[f64; 2]>) {
        let of = |level| Misses::of(self.rows, level).map(|misses| misses.revenue);
        (of("total"), of("cohort"))
    }

    /// Whether the plain guess was closer, over all customers or cohort by cohort.
    pub fn plain_was_nearer(&self) -> bool {
        let (total, cohorts) = self.misses();
        [total, cohorts].into_iter().flatten().any(|[model, plain]| plain < model)
    }
}

/// The hold-outs of a run, one row per pool.
pub fn holdout_table(held_out: &[HeldOut<'_>]) -> Table {
    let percent = |missed: Option<[f64; 2]>| {
        missed.map_or([Cell::Empty, Cell::Empty], |missed| missed.map(|share| Cell::Percent(100.0 * share)))
    };
    let mut table = Table::new("holdout")
        .title("Hold-out: error in revenue")
        .column(Column::new(Kind::Text, "pool", "Pool"))
        .column(Column::new(Kind::Money, "actual_revenue", "Actual"))
        .column(Column::new(Kind::Money, "model_revenue", "Model"))
        .column(Column::new(Kind::Money, "plain_revenue", "Plain guess"))
        .column(Column::new(Kind::Percent, "model_missed_pct", "Model error"))
        .column(Column::new(Kind::Percent, "plain_missed_pct", "Guess error"))
        .column(Column::new(Kind::Percent, "model_cohorts_missed_pct", "Cohorts: model"))
        .column(Column::new(Kind::Percent, "plain_cohorts_missed_pct", "Cohorts: guess"));
    for check in held_out {
        let Some(total) = check.rows.iter().find(|row| row.level == "total") else { continue };
        let (all, cohorts) = check.misses();
        let mut cells = vec![
            check.pool.into(),
            Cell::Money(total.actual_revenue),
            Cell::Money(total.model_revenue),
            Cell::Money(total.plain_revenue),
        ];
        cells.extend(percent(all));
        cells.extend(percent(cohorts));
        table.push(cells);
    }
    table.note(
        "The plain guess: the span before, of the same length, repeats itself. Cohorts: the errors of all cohorts, added up.",
    )
}

/// Open months of cohorts, one row per cohort and month.
pub fn cohorts_table(months: &[CohortMonth]) -> Table {
    Table::new("cohorts")
        .title("Cumulative revenue at the end of open months")
        .column(Column::new(Kind::Id, "activity_id", "ID"))
        .column(Column::new(Kind::Text, "name", "Activity").least(10))
        .column(Column::new(Kind::Text, "channel", "Channel").only_for(Audience::Programs))
        .column(Column::new(Kind::Text, "pool", "Pool").only_for(Audience::Programs))
        .column(Column::new(Kind::Date, "start_date", "Start").only_for(Audience::Programs))
        .column(Column::new(Kind::Count, "cohort_size", "Size"))
        .column(Column::new(Kind::Count, "month_offset", "Month"))
        .column(Column::new(Kind::Date, "month_end", "End").rank(3))
        .column(Column::new(Kind::Money, "known", "Known"))
        .column(Column::new(Kind::Money, "expected", "Expected"))
        .column(Column::new(Kind::Money, "low", "Low"))
        .column(Column::new(Kind::Money, "high", "High"))
        .column(Column::new(Kind::Money, "chain_ladder", "Chain ladder").rank(1))
        .column(Column::new(Kind::Money, "plain", "Plain guess").rank(2))
        .column(Column::new(Kind::Ratio, "expected_orders", "Orders ahead").rank(4))
        .column(Column::new(Kind::Money, "expected_ltv", "LTV/cust.").rank(2))
        .column(Column::new(Kind::Ratio, "expected_ltv_cac_ratio", "LTV:CAC").rank(1))
        .rows(months.iter().map(|month| {
            let offset = u32::try_from(month.month_offset).unwrap_or_default();
            vec![
                Cell::Id(month.activity_id),
                month.name.as_str().into(),
                month.channel.as_str().into(),
                month.pool.as_str().into(),
                Cell::Date(month.start_at.date()),
                Cell::Int(month.cohort_size),
                Cell::Int(month.month_offset),
                Cell::Date(add_months(month.start_at, offset + 1).date()),
                Cell::Money(month.known),
                Cell::Money(month.expected),
                Cell::Money(month.low),
                Cell::Money(month.high),
                month.chain_ladder.map(Cell::Money).unwrap_or_default(),
                Cell::Money(month.plain),
                Cell::Ratio(month.expected_orders),
                month.expected.divided_by(month.cohort_size).map(Cell::Money).unwrap_or_default(),
                month.expected_ratio().map(Cell::Ratio).unwrap_or_default(),
            ]
        }))
        .note("Low and high: the 80 % interval. Known: up to the as-of.")
}

/// Predicted customers, one row each.
pub fn customers_table(customers: &[CustomerPrediction]) -> Table {
    Table::new("customers")
        .title("Expected orders and revenue by customer")
        .column(Column::new(Kind::Id, "user_id", "Customer"))
        .column(Column::new(Kind::Text, "name", "Name").rank(3))
        .column(Column::new(Kind::Text, "grade", "Grade").rank(4))
        .column(Column::new(Kind::Count, "x", "Repeats"))
        .column(Column::new(Kind::Count, "t_x", "Last on day").rank(2))
        .column(Column::new(Kind::Count, "t", "Days").rank(2))
        .column(Column::new(Kind::Ratio, "p_alive", "P(alive)").only_for(Audience::Programs))
        .column(Column::new(Kind::Percent, "p_alive_pct", "P(alive)").only_for(Audience::People))
        .column(Column::new(Kind::Ratio, "p_buy", "P(buys)").only_for(Audience::Programs))
        .column(Column::new(Kind::Percent, "p_buy_pct", "P(buys)").only_for(Audience::People))
        .column(Column::new(Kind::Ratio, "expected_orders", "Orders"))
        .column(Column::new(Kind::Money, "expected_revenue", "Revenue"))
        .rows(customers.iter().map(|customer| {
            vec![
                Cell::Id(customer.user_id),
                customer.name.clone().into(),
                customer.grade.map(|grade| grade.as_str()).into(),
                Cell::Int(customer.x),
                Cell::Int(customer.t_x),
                Cell::Int(customer.t),
                Cell::Plain(customer.p_alive),
                Cell::Percent(100.0 * customer.p_alive),
                Cell::Plain(customer.p_buy),
                Cell::Percent(100.0 * customer.p_buy),
                Cell::Ratio(customer.expected_orders),
                Cell::Money(customer.expected_revenue),
            ]
        }))
        .note("Repeats: days with an order after the first. Under BG/NBD, P(alive) is 1 for everyone who ordered once: rank by P(buys).")
}

/// A run's hold-out, one row per group.
pub fn checks_table(pool: &str, rows: &[PredictCheckRow]) -> Table {
    let off = |guess: f64, actual: f64| {
        if actual == 0.0 { Cell::Empty } else { Cell::Percent(100.0 * (guess / actual - 1.0)) }
    };
    let off_money = |guess: Money, actual: Money| off(guess.to_f64(), actual.to_f64());
    Table::new("checks")
        .title("Hold-out: actual and predicted")
        .column(Column::new(Kind::Text, "pool", "Pool").only_for(Audience::Programs))
        .column(Column::new(Kind::Text, "level", "By"))
        .column(Column::new(Kind::Text, "label", "Group").least(8))
        .column(Column::new(Kind::Id, "activity_id", "ID").only_for(Audience::Programs))
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Count, "actual_orders", "Orders"))
        .column(Column::new(Kind::Ratio, "model_orders", "Model"))
        .column(Column::new(Kind::Ratio, "plain_orders", "Guess"))
        .column(Column::new(Kind::Money, "actual_revenue", "Revenue"))
        .column(Column::new(Kind::Money, "model_revenue", "Model").rank(2))
        .column(Column::new(Kind::Money, "plain_revenue", "Guess").rank(2))
        .column(Column::new(Kind::Percent, "model_off_pct", "Model off"))
        .column(Column::new(Kind::Percent, "plain_off_pct", "Guess off"))
        .column(Column::new(Kind::Percent, "p_buy_pct", "P(buys)").rank(1))
        .column(Column::new(Kind::Percent, "bought_pct", "Bought").rank(1))
        .rows(rows.iter().map(|row| {
            vec![
                pool.into(),
                row.level.as_str().into(),
                row.label.as_str().into(),
                row.activity_id.map(Cell::Id).unwrap_or_default(),
                Cell::Int(row.customers),
                Cell::Int(row.actual_orders),
                Cell::Ratio(row.model_orders),
                Cell::Ratio(row.plain_orders),
                Cell::Money(row.actual_revenue),
                Cell::Money(row.model_revenue),
                Cell::Money(row.plain_revenue),
                off_money(row.model_revenue, row.actual_revenue),
                off_money(row.plain_revenue, row.actual_revenue),
                Cell::Percent(100.0 * row.p_buy),
                Cell::Percent(100.0 * row.bought),
            ]
        }))
        .note("Off: predicted revenue over actual, less one. Deciles: by expected orders, highest first.")
}
