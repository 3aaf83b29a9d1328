//! The overview as tables.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    ConcentrationPoint, DayOrders, GradeCounts, GradeMix, GradeMoves, GradeOutlook, HourOrders, Period, Span,
    SpanFigures, SpanTotals, change, percent,
};
use crate::calendar::add_days;
use crate::domain::Grade;
use crate::money::Money;
use crate::render::{Audience, Cell, Column, Kind, Phrase, Table, bar, number};

/// How wide a chart of bars is.
const BAR_WIDTH: usize = 24;

fn origin_columns() -> [Column; 2] {
    [Column::text("channel", "Channel"), Column::text("start_month", "Start month")]
}

/// One figure with its key, its heading, and its value in a span.
type Figure = (&'static str, &'static str, fn(&SpanFigures) -> Cell);

const FIGURES: &[Figure] = &[
    ("customers", "Customers at the end", |figures| Cell::Int(figures.customers)),
    ("buyers", "Buyers", |figures| Cell::Int(figures.buyers)),
    ("first_time_buyers", "First-time buyers", |figures| Cell::Int(figures.first_time_buyers)),
    ("repeat_buyers", "Repeat buyers", |figures| Cell::Int(figures.repeat_buyers)),
    ("orders", "Orders", |figures| Cell::Int(figures.orders)),
    ("gross_revenue", "Gross revenue", |figures| Cell::Money(figures.gross_revenue)),
    ("returned", "Returns", |figures| Cell::Money(figures.returned)),
    ("net_revenue", "Revenue", |figures| Cell::Money(figures.net_revenue())),
    ("average_order_value", "Average order value", |figures| figures.average_order_value().into()),
    ("repeat_rate", "Repeat rate", |figures| figures.repeat_rate().map(Cell::Percent).into()),
];

/// The figures of the period and of the previous one, of the last thirty days and of the thirty before: one row per
/// figure. `heading` translates what people read.
pub fn figures_table(totals: &[SpanTotals], heading: &dyn Fn(&str) -> String) -> Table {
    let of = |wanted: Span| {
        let mut rows = totals.iter().filter(|totals| totals.span == wanted).peekable();
        rows.peek()?;
        Some(rows.fold(SpanFigures::default(), |mut sum, totals| {
            sum.add(&totals.figures);
            sum
        }))
    };
    let spans = [Span::Period, Span::Previous, Span::Last30Days, Span::Previous30Days].map(of);
    let rows = FIGURES.iter().map(|(key, name, value)| {
        let [period, previous, last, before] =
            spans.map(|span| span.map_or(Cell::Empty, |figures| value(&figures)));
        let (change, recent_change) = (change_of(&period, &previous), change_of(&last, &before));
        vec![(*key).into(), heading(name).into(), period, previous, change, last, before, recent_change]
    });
    Table::new("figures")
        .column(Column::text("figure", "Figure").only_for(Audience::Programs))
        .column(Column::text("name", "Figure").only_for(Audience::People))
        .column(Column::number("period", "Period"))
        .column(Column::number("previous", "Before").rank(3))
        .column(Column::new(Kind::Percent, "change_pct", "Change").rank(3))
        .column(Column::number("last_30_days", "Last 30 days").rank(1))
        .column(Column::number("previous_30_days", "Previous 30 days").rank(2))
        .column(Column::new(Kind::Percent, "change_30_days_pct", "Change").rank(1))
        .rows(rows.collect::<Vec<_>>())
        .note("The change of a rate is in percentage points.")
}

/// The change of one cell to another in per cent; of a rate, in points.
fn change_of(now: &Cell, before: &Cell) -> Cell {
    let change = match (now, before) {
        (Cell::Int(now), Cell::Int(before)) => percent((now - before) as f64, *before as f64),
        (Cell::Money(now), Cell::Money(before)) => change(*now, *before),
        (Cell::Percent(now), Cell::Percent(before)) => Some(now - before),
        _ => None,
    };
    change.map(Cell::Percent).into()
}

/// The spans' sums: one row per span and origin.
pub fn spans_by_origin(totals: &[SpanTotals]) -> Table {
    let rows = totals.iter().map(|totals| {
        let figures = &totals.figures;
        vec![
            totals.span.as_str().into(),
            Cell::Timestamp(totals.period.from),
            Cell::Timestamp(totals.period.to),
            totals.channel.clone().into(),
            totals.start_month.clone().into(),
            Cell::Int(figures.customers),
            Cell::Int(figures.buyers),
            Cell::Int(figures.first_time_buyers),
            Cell::Int(figures.repeat_buyers),
            Cell::Int(figures.orders),
            Cell::Money(figures.gross_revenue),
            Cell::Money(figures.returned),
        ]
    });
    Table::new("spans")
        .column(Column::text("span", "Span"))
        .column(Column::new(Kind::Instant, "from", "From").rank(2))
        .column(Column::new(Kind::Instant, "to", "To").rank(2))
        .columns(origin_columns())
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Count, "buyers", "Buyers"))
        .column(Column::new(Kind::Count, "first_time_buyers", "First-time buyers").rank(1))
        .column(Column::new(Kind::Count, "repeat_buyers", "Repeat buyers").rank(1))
        .column(Column::new(Kind::Count, "orders", "Orders"))
        .column(Column::new(Kind::Money, "gross_revenue", "Gross revenue"))
        .column(Column::new(Kind::Money, "returned", "Returns").rank(1))
        .rows(rows.collect::<Vec<_>>())
}

/// Orders and revenue of every day of the period, also those without any, with a bar of the orders.
pub fn days_table(days: &[DayOrders], period: Period) -> Table {
    let mut sums: BTreeMap<NaiveDate, (i64, Money, Money)> = BTreeMap::new();
    for row in days {
        let (orders, gross, returned) = sums.entry(row.day).or_default();
        *orders += row.orders;
        *gross += row.gross_revenue;
        *returned += row.returned;
    }
    let most = sums.values().map(|(orders, _, _)| *orders).max().unwrap_or(0);
    let every_day = (0..)
        .map(|after| add_days(period.from.date(), after))
        .take_while(|day| day.and_time(chrono::NaiveTime::MIN) < period.to);
    let rows = every_day.map(|day| {
        let (orders, gross, returned) = sums.get(&day).copied().unwrap_or_default();
        vec![
            Cell::Date(day),
            Cell::Int(orders),
            Cell::Money(gross),
            Cell::Money(returned),
            Cell::Money(gross + returned),
            bar(orders as f64, most as f64, BAR_WIDTH).into(),
        ]
    });
    Table::new("days")
        .column(Column::new(Kind::Date, "day", "Day"))
        .column(Column::new(Kind::Count, "orders", "Orders"))
        .column(Column::new(Kind::Money, "gross_revenue", "Gross revenue").rank(2))
        .column(Column::new(Kind::Money, "returned", "Returns").rank(2))
        .column(Column::new(Kind::Money, "net_revenue", "Revenue"))
        .column(Column::text("chart", "").rank(3).only_for(Audience::People))
        .rows(rows.collect::<Vec<_>>())
}

/// Orders and revenue: one row per day with orders and origin.
pub fn days_by_origin(days: &[DayOrders]) -> Table {
    let rows = days.iter().map(|row| {
        vec![
            Cell::Date(row.day),
            row.channel.clone().into(),
            row.start_month.clone().into(),
            Cell::Int(row.orders),
            Cell::Money(row.gross_revenue),
            Cell::Money(row.returned),
        ]
    });
    Table::new("days")
        .column(Column::new(Kind::Date, "day", "Day"))
        .columns(origin_columns())
        .column(Column::new(Kind::Count, "orders", "Orders"))
        .column(Column::new(Kind::Money, "gross_revenue", "Gross revenue"))
        .column(Column::new(Kind::Money, "returned", "Returns"))
        .rows(rows.collect::<Vec<_>>())
}

/// The word for customers whose age is not known.
const UNKNOWN_AGE: &str = "unknown";

/// Orders by hour, age groups across, with a bar of all.
pub fn hours_table(hours: &[HourOrders]) -> Table {
    let mut groups: Vec<Option<&str>> = hours.iter().map(|row| row.age_group.as_deref()).collect();
    // Unknown last.
    groups.sort_unstable_by_key(|group| (group.is_none(), *group));
    groups.dedup();
    let mut counts: BTreeMap<(i64, Option<&str>), i64> = BTreeMap::new();
    for row in hours {
        *counts.entry((row.hour, row.age_group.as_deref())).or_default() += row.orders;
    }
    let count = |hour: i64, group: Option<&str>| counts.get(&(hour, group)).copied().unwrap_or_default();
    let all = |hour: i64| groups.iter().map(|group| count(hour, *group)).sum::<i64>();
    let most = (0..24).map(all).max().unwrap_or(0);
    let rows = (0..24).map(|hour| {
        let mut row = vec![Cell::from(format!("{hour:02}")), Cell::Int(all(hour))];
        row.extend(groups.iter().map(|group| Cell::Int(count(hour, *group))));
        row.push(bar(all(hour) as f64, most as f64, BAR_WIDTH).into());
        row
    });
    let names = groups.iter().map(|group| group.unwrap_or(UNKNOWN_AGE));
    Table::new("hours")
        .column(Column::new(Kind::Count, "hour", "Hour"))
        .column(Column::new(Kind::Count, "orders", "Orders"))
        .columns(names.map(|name| Column::new(Kind::Count, name, name).unit("orders")))
        .column(Column::text("chart", "").rank(1).only_for(Audience::People))
        .rows(rows.collect::<Vec<_>>())
}

/// Orders: one row per hour, age group and origin.
pub fn hours_by_origin(hours: &[HourOrders]) -> Table {
    let rows = hours.iter().map(|row| {
        vec![
            Cell::Int(row.hour),
            row.age_group.clone().into(),
            row.channel.clone().into(),
            row.start_month.clone().into(),
            Cell::Int(row.orders),
        ]
    });
    Table::new("hours")
        .column(Column::new(Kind::Count, "hour", "Hour"))
        .column(Column::text("age_group", "Group"))
        .columns(origin_columns())
        .column(Column::new(Kind::Count, "orders", "Orders"))
        .rows(rows.collect::<Vec<_>>())
}

/// The share of the revenue that the customers bring who spent most, with a bar of it.
pub fn concentration_table(points: &[ConcentrationPoint]) -> Table {
    let rows = points.iter().map(|point| {
        let share = point.revenue_pct();
        vec![
            Cell::Int(point.top_pct),
            Cell::Int(point.customers),
            Cell::Money(point.revenue),
            share.map(Cell::Percent).into(),
            bar(share.unwrap_or(0.0), 100.0, BAR_WIDTH).into(),
        ]
    });
    let table = Table::new("concentration")
        .column(Column::new(Kind::Count, "top_pct", "Top %"))
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Money, "revenue", "Revenue"))
        .column(Column::new(Kind::Percent, "revenue_pct", "Share"))
        .column(Column::text("chart", "").rank(1).only_for(Audience::People))
        .rows(rows.collect::<Vec<_>>());
    match points.first() {
        None => table,
        Some(point) => table.note(
            Phrase::new("Half of the revenue comes from {customers} of {all} customers.")
                .with("customers", number::whole(point.customers_for_half))
                .with("all", number::whole(point.customers_in_all)),
        ),
    }
}

/// The share of the revenue: one row per group of customers and point.
pub fn concentration_by_origin(points: &[ConcentrationPoint]) -> Table {
    let rows = points.iter().map(|point| {
        vec![
            point.channel.clone().into(),
            point.start_month.clone().into(),
            Cell::Int(point.top_pct),
            Cell::Int(point.customers),
            Cell::Money(point.revenue),
            point.revenue_pct().map(Cell::Percent).into(),
            Cell::Int(point.customers_in_all),
            Cell::Money(point.revenue_in_all),
            Cell::Int(point.customers_for_half),
        ]
    });
    Table::new("concentration")
        .columns(origin_columns())
        .column(Column::new(Kind::Count, "top_pct", "Top %"))
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Money, "revenue", "Revenue"))
        .column(Column::new(Kind::Percent, "revenue_pct", "Share"))
        .column(Column::new(Kind::Count, "customers_in_all", "Of customers").rank(1))
        .column(Column::new(Kind::Money, "revenue_in_all", "Of revenue").rank(1))
        .column(Column::new(Kind::Count, "customers_for_half", "Bring half"))
        .rows(rows.collect::<Vec<_>>())
}

/// Grades from the highest, as columns.
fn grade_columns() -> [Column; 4] {
    [Grade::Vip, Grade::Gold, Grade::Silver, Grade::Bronze].map(|grade| {
        Column::new(Kind::Count, grade.as_str().to_lowercase(), grade.as_str()).unit("customers")
    })
}

fn grade_cells(counts: GradeCounts) -> [Cell; 4] {
    [counts.vip, counts.gold, counts.silver, counts.bronze].map(Cell::Int)
}

/// Sums of counts by a key, in the order in which keys come.
fn counts_by<K: PartialEq + Copy>(rows: impl Iterator<Item = (K, GradeCounts)>) -> Vec<(K, GradeCounts)> {
    rows.fold(Vec::new(), |mut sums: Vec<(K, GradeCounts)>, (key, counts)| {
        match sums.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => sum.add(counts),
            None => sums.push((key, counts)),
        }
        sums
    })
}

/// The mix: one row per update.
pub fn mix_table(mix: &[GradeMix]) -> Table {
    let sums = counts_by(mix.iter().map(|row| (row.as_of, row.held)));
    let rows = sums
        .into_iter()
        .map(|(as_of, held)| [vec![Cell::Timestamp(as_of)], grade_cells(held).to_vec()].concat());
    Table::new("grade_mix")
        .column(Column::new(Kind::Instant, "as_of", "As of"))
        .columns(grade_columns())
        .rows(rows.collect::<Vec<_>>())
}

/// The mix: one row per update and origin.
pub fn mix_by_origin(mix: &[GradeMix]) -> Table {
    let rows = mix.iter().map(|row| {
        let head =
            vec![Cell::Timestamp(row.as_of), row.channel.clone().into(), row.start_month.clone().into()];
        [head, grade_cells(row.held).to_vec()].concat()
    });
    Table::new("grade_mix")
        .column(Column::new(Kind::Instant, "as_of", "As of"))
        .columns(origin_columns())
        .columns(grade_columns())
        .rows(rows.collect::<Vec<_>>())
}

/// The word for customers who signed up in between.
const NEWCOMERS: &str = "new";

fn grade_before(moves: &GradeMoves) -> &'static str {
    moves.from_grade.map_or(NEWCOMERS, Grade::as_str)
}

/// Who moved: one row per grade before.
pub fn moves_table(moves: &[GradeMoves]) -> Table {
    let sums = counts_by(moves.iter().map(|row| (grade_before(row), row.held)));
    let rows =
        sums.into_iter().map(|(from, held)| [vec![Cell::from(from)], grade_cells(held).to_vec()].concat());
    Table::new("grade_moves")
        .title("Changes of grade, from (down) to (across)")
        .column(Column::text("from_grade", "From"))
        .columns(grade_columns())
        .rows(rows.collect::<Vec<_>>())
}

/// Who moved: one row per grade before and origin.
pub fn moves_by_origin(moves: &[GradeMoves]) -> Table {
    let rows = moves.iter().map(|row| {
        let head = vec![
            Cell::Timestamp(row.span.from),
            Cell::Timestamp(row.span.to),
            grade_before(row).into(),
            row.channel.clone().into(),
            row.start_month.clone().into(),
        ];
        [head, grade_cells(row.held).to_vec()].concat()
    });
    Table::new("grade_moves")
        .column(Column::new(Kind::Instant, "from", "From").rank(2))
        .column(Column::new(Kind::Instant, "to", "To").rank(2))
        .column(Column::text("from_grade", "Grade"))
        .columns(origin_columns())
        .columns(grade_columns())
        .rows(rows.collect::<Vec<_>>())
}

/// Who may be demoted and who is close to the next grade: one row per outlook and pair of grades.
pub fn outlook_table(outlook: &[GradeOutlook]) -> Table {
    let mut sums: Vec<(&GradeOutlook, i64, Money)> = Vec::new();
    for row in outlook {
        let alike = |known: &GradeOutlook| {
            known.outlook == row.outlook && known.grade == row.grade && known.to_grade == row.to_grade
        };
        match sums.iter_mut().find(|(known, _, _)| alike(known)) {
            Some((_, customers, value)) => {
                *customers += row.customers;
                *value += row.value;
            }
            None => sums.push((row, row.customers, row.value)),
        }
    }
    let most = sums.iter().map(|(_, customers, _)| *customers).max().unwrap_or(0);
    let rows = sums.into_iter().map(|(row, customers, value)| {
        vec![
            row.outlook.clone().into(),
            row.grade.as_str().into(),
            row.to_grade.as_str().into(),
            Cell::Int(customers),
            Cell::Money(value),
            bar(customers as f64, most as f64, BAR_WIDTH).into(),
        ]
    });
    Table::new("grade_outlook")
        .column(Column::text("outlook", "Outlook"))
        .column(Column::text("grade", "Grade"))
        .column(Column::text("to_grade", "To"))
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Money, "value", "Value"))
        .column(Column::text("chart", "").rank(1).only_for(Audience::People))
        .rows(rows.collect::<Vec<_>>())
        .note("at_risk: demoted within 30 days without further orders; the value is what was bought in the window.")
        .note("near: lacks at most a fifth of the next grade's criteria; the value is the amount lacking.")
}

/// Who may be demoted and who is close to the next grade: one row per outlook, pair of grades and origin.
pub fn outlook_by_origin(outlook: &[GradeOutlook]) -> Table {
    let rows = outlook.iter().map(|row| {
        vec![
            row.outlook.clone().into(),
            row.grade.as_str().into(),
            row.to_grade.as_str().into(),
            row.channel.clone().into(),
            row.start_month.clone().into(),
            Cell::Int(row.customers),
            Cell::Money(row.value),
        ]
    });
    Table::new("grade_outlook")
        .column(Column::text("outlook", "Outlook"))
        .column(Column::text("grade", "Grade"))
        .column(Column::text("to_grade", "To"))
        .columns(origin_columns())
        .column(Column::new(Kind::Count, "customers", "Customers"))
        .column(Column::new(Kind::Money, "value", "Value"))
        .rows(rows.collect::<Vec<_>>())
}
