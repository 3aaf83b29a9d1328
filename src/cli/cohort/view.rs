//! `lifecycle cohort report --view`: triangles, and the paybacks.

use lifecycle::cohort::view::{By, Line, Measure, Value, lines, mean, month_start};
use lifecycle::cohort::{Track, tracks};
use lifecycle::config::Config;
use lifecycle::money::Money;
use lifecycle::render::{Audience, Cell, Column, Heat, Report, Table, sparkline};
use lifecycle::store::Store;

use super::report::{Asked, closing_notes, empty_note};
use super::{CommandError, Context};

/// A name is not cut below this as long as a month can go instead.
const LEAST_NAME: usize = 10;

/// The rank of what goes before the months.
const BEFORE_MONTHS: u8 = u8::MAX;

/// One figure, rows down, months across.
pub fn triangle(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    asked: &Asked,
    measure: Measure,
    by: By,
) -> Result<Report, CommandError> {
    let tracks = tracks(store, asked.as_of, &asked.selection)?;
    let mut table = triangle_table(&tracks, measure, by, config.cohort.months as usize, |lines| {
        asked.sort(lines);
        asked.limit(lines, context)
    });
    if tracks.is_empty() {
        table = table.note(empty_note(asked));
    }
    for note in closing_notes(context, store, config, asked.as_of)? {
        table = table.note(note);
    }
    Ok(Report::from(table))
}

/// The triangle of tracks; `arrange` orders and cuts its rows and says so.
fn triangle_table(
    tracks: &[Track],
    measure: Measure,
    by: By,
    months: usize,
    arrange: impl FnOnce(&mut Vec<Line>) -> Option<String>,
) -> Table {
    let mut rows = lines(tracks, by, months);
    let means = (0..months).map(|offset| mean(&rows, measure, offset).map(cell).into());
    let mut mean_row = head_cells(by, "Mean", rows.iter().filter_map(|line| line.size).sum());
    mean_row.extend(means);
    let uneven = by != By::Activity && rows.iter().any(Line::is_uneven);
    let limited = arrange(&mut rows);

    let mut table =
        Table::new("triangle").title(title(measure)).columns(head_columns(by)).heat(heat(measure));
    for offset in 0..months {
        // The highest offset goes first on a narrow terminal.
        let rank = u8::try_from(offset + 1).unwrap_or(BEFORE_MONTHS - 1);
        table =
            table.column(Column::number(format!("offset_{offset}"), format!("M{offset}")).dense().rank(rank));
    }
    for line in &rows {
        let mut row = line_head(line, by);
        row.extend(line.pools.iter().map(|pool| pool.and_then(|pool| pool.value(measure)).map(cell).into()));
        table.push(row);
    }
    if !rows.is_empty() {
        table = table.total(mean_row).note(mean_note(measure));
    }
    if uneven {
        table = table.note(UNEVEN);
    }
    limited.into_iter().fold(table, Table::note)
}

/// Said of a pool whose months are not all of the same activities.
const UNEVEN: &str = "A month pools the activities that have reached it: later months can be of fewer.";

fn title(measure: Measure) -> &'static str {
    match measure {
        Measure::Ltv => "LTV per customer: revenue so far ÷ members",
        Measure::Revenue => "Revenue per customer: the month's revenue ÷ members",
        Measure::Retention => "Retention: members who bought in the month",
        Measure::Orders => "Orders per customer: the month's orders ÷ members",
        Measure::Repeat => "Repeat: members with two or more orders so far",
        Measure::Ratio => "LTV:CAC: revenue so far ÷ budget",
        Measure::Profit => "Profit: revenue so far less budget",
    }
}

fn mean_note(measure: Measure) -> &'static str {
    match measure {
        Measure::Ratio => {
            "Mean: all revenue ÷ all budgets of the activities that have the month and a budget."
        }
        Measure::Profit => "Mean: of the rows that have the month, weighted by size.",
        _ => "Mean: over the members of all activities that have the month (weighted by size).",
    }
}

fn heat(measure: Measure) -> Heat {
    match measure {
        Measure::Ratio => Heat::Around(1.0),
        Measure::Profit => Heat::Around(0.0),
        _ => Heat::Rising,
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Money(amount) => Cell::Money(amount),
        Value::Percent(percent) => Cell::Percent(percent),
        Value::Ratio(ratio) => Cell::Ratio(ratio),
    }
}

/// What every view says of its rows first.
fn head_columns(by: By) -> Vec<Column> {
    let size = Column::number("cohort_size", "Size");
    let pooled = |key: &str, heading: &str| {
        vec![Column::text(key, heading).least(LEAST_NAME), Column::number("activities", "Act."), size.clone()]
    };
    match by {
        By::Activity => vec![
            Column::number("activity_id", "ID"),
            Column::text("name", "Activity").least(LEAST_NAME),
            Column::text("channel", "Channel").only_for(Audience::Programs),
            Column::text("start_date", "Start").only_for(Audience::Programs),
            size,
        ],
        By::Month => pooled("start_month", "Start"),
        By::Channel => pooled("channel", "Channel"),
        By::Campaign => pooled("campaign", "Campaign"),
    }
}

fn line_head(line: &Line, by: By) -> Vec<Cell> {
    match by {
        By::Activity => vec![
            line.activity_id.into(),
            line.name.clone().into(),
            line.channel.clone().into(),
            Cell::Date(line.start_at.date()),
            line.size.into(),
        ],
        _ => vec![line.name.clone().into(), Cell::Int(line.activities), line.size.into()],
    }
}

fn head_cells(by: By, name: &str, size: i64) -> Vec<Cell> {
    match by {
        By::Activity => vec![Cell::Empty, name.into(), Cell::Empty, Cell::Empty, Cell::Int(size)],
        _ => vec![name.into(), Cell::Empty, Cell::Int(size)],
    }
}

/// When each row broke even, and its profit month by month.
pub fn paybacks(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    asked: &Asked,
    by: By,
) -> Result<Report, CommandError> {
    let tracks = tracks(store, asked.as_of, &asked.selection)?;
    let mut rows = lines(&tracks, by, config.cohort.months as usize);
    let priced = rows.iter().filter(|line| line.budget.is_some() && line.latest.is_some());
    let (known, even) =
        priced.fold((0, 0), |(known, even), line| (known + 1, even + usize::from(line.payback().is_some())));
    let uneven = by != By::Activity && rows.iter().any(Line::is_uneven);
    asked.sort(&mut rows);
    let limited = asked.limit(&mut rows, context);

    let mut table = Table::new("paybacks")
        .title("Payback: the month that covered the budget")
        .columns(head_columns(by))
        .column(Column::number("budget", "Budget"))
        .column(Column::number("avg_cac", "CAC").rank(2))
        .column(Column::number("payback_month", "Payback"))
        .column(Column::text("payback_from", "Since").rank(1).only_for(if by == By::Activity {
            Audience::Everyone
        } else {
            Audience::Programs
        }))
        .column(Column::number("cumulative_profit", "Profit now"))
        .column(Column::text("profit_curve", "Profit by month").only_for(Audience::People))
        .rows(rows.iter().map(|line| payback_row(line, by)));
    if known > 0 {
        let note = "{even} of {known} rows with a budget and a closed month broke even.";
        let note = context.ui.lang().heading(note);
        table = table
            .note(note.replace("{even}", &even.to_string()).replace("{known}", &known.to_string()))
            .note("Payback: the offset of the month, 0 for the first, and the day it began; - not yet, or no budget.");
    }
    if tracks.is_empty() {
        table = table.note(empty_note(asked));
    }
    if uneven {
        table = table.note(UNEVEN);
    }
    table = limited.into_iter().fold(table, Table::note);
    Ok(Report::from(closing_notes(context, store, config, asked.as_of)?.into_iter().fold(table, Table::note)))
}

fn payback_row(line: &Line, by: By) -> Vec<Cell> {
    let payback = line.payback();
    let from = payback.filter(|_| by == By::Activity).and_then(|offset| month_start(line.start_at, offset));
    let profit = |pool: Option<_>| match pool
        .and_then(|pool: lifecycle::cohort::view::Pool| pool.value(Measure::Profit))
    {
        Some(Value::Money(profit)) => Some(profit),
        _ => None,
    };
    let last = line.pools.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let curve: Vec<f64> =
        line.pools[..last].iter().map(|pool| profit(*pool).map_or(f64::NAN, Money::to_f64)).collect();
    let mut row = line_head(line, by);
    row.extend([
        line.budget.into(),
        line.cac().into(),
        payback.into(),
        from.into(),
        profit(line.latest).into(),
        sparkline(&curve).into(),
    ]);
    row
}

#[cfg(test)]
mod tests {
    use lifecycle::calendar::parse_instant;
    use lifecycle::cohort::MonthSums;
    use lifecycle::render::{Format, Style, render};

    use super::*;

    /// An activity of `size` members, each of whom brings 100,000 a month.
    fn track(id: i64, name: &str, size: i64, budget: i64, months: i64) -> Track {
        let won = |units: i64| Money::from_units(units).expect("a small amount");
        let month = |n: i64| MonthSums {
            revenue: won(100_000 * size),
            orders: size,
            active: size,
            ltv: won(100_000 * size * (n + 1)),
            profit: won(100_000 * size * (n + 1) - budget),
            repeat: if n == 0 { 0 } else { size },
        };
        Track {
            activity_id: id,
            name: name.to_owned(),
            channel: "email".to_owned(),
            campaign: (1, "campaign".to_owned()),
            start_at: parse_instant("2024-01-31").expect("a day"),
            budget: Some(won(budget)),
            size: Some(size),
            months: (0..months).map(|n| Some(month(n))).collect(),
        }
    }

    fn tracks() -> Vec<Track> {
        vec![
            track(1, "New year's greetings by mail, first wave", 100, 35_000_000, 12),
            track(2, "봄 인플루언서 협업 2차", 50, 12_500_000, 4),
            track(12, "Opened", 1_234, 40_000_000, 0),
        ]
    }

    fn shown(measure: Measure, format: Format, style: &Style<'_>) -> String {
        let table = triangle_table(&tracks(), measure, By::Activity, 12, |_| None);
        let mut out = Vec::new();
        render(&Report::from(table), format, style, &mut out).expect("a writer in memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn twelve_months_fit_120_columns() {
        let style = Style { width: Some(120), ..Style::default() };
        let expected = "\
Profit: revenue so far less budget
ID  Activity                   Size      M0      M1     M2    M3     M4     M5     M6     M7     M8     M9    M10    M11
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 1  New year's greetings by…    100  -25.0M  -15.0M  -5.0M  5.0M  15.0M  25.0M  35.0M  45.0M  55.0M  65.0M  75.0M  85.0M
 2  봄 인플루언서 협업 2차       50   -7.5M   -2.5M   2.5M  7.5M
12  Opened                    1,234
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 -  Mean                      1,384  -19.2M  -10.8M  -2.5M  5.8M  15.0M  25.0M  35.0M  45.0M  55.0M  65.0M  75.0M  85.0M
Mean: of the rows that have the month, weighted by size.
";
        assert_eq!(shown(Measure::Profit, Format::Table, &style), expected);
    }

    #[test]
    fn at_80_columns_names_are_cut_and_the_last_months_go() {
        let style = Style { width: Some(80), ..Style::default() };
        let expected = "\
Profit: revenue so far less budget
ID  Activity       Size      M0      M1     M2    M3     M4     M5     M6     M7
────────────────────────────────────────────────────────────────────────────────
 1  New year's…     100  -25.0M  -15.0M  -5.0M  5.0M  15.0M  25.0M  35.0M  45.0M
 2  봄 인플루언…     50   -7.5M   -2.5M   2.5M  7.5M
12  Opened        1,234
────────────────────────────────────────────────────────────────────────────────
 -  Mean          1,384  -19.2M  -10.8M  -2.5M  5.8M  15.0M  25.0M  35.0M  45.0M
4 columns not shown at 80 columns wide: M8, M9, M10, M11 (widen the terminal, or
--format csv)
Mean: of the rows that have the month, weighted by size.
";
        assert_eq!(shown(Measure::Profit, Format::Table, &style), expected);
    }

    #[test]
    fn programs_get_exact_values_and_null_where_a_month_is_open() {
        let json = shown(Measure::Profit, Format::Json, &Style::default());
        let row = json.split('{').nth(2).expect("a second row");
        assert!(row.contains("\"start_date\": \"2024-01-31\""), "{row}");
        assert!(row.contains("\"offset_3\": 7500000,\n    \"offset_4\": null"), "{row}");
        assert!(!json.contains("Mean"), "{json}");
        let csv = shown(Measure::Ratio, Format::Csv, &Style { color: true, ..Style::default() });
        assert!(csv.contains(",email,2024-01-31,50,0.4,0.8,1.2,1.6,,,,,,,,\r\n"), "{csv}");
    }

    #[test]
    fn colours_are_for_terminals_only() {
        let style = Style { color: true, ..Style::default() };
        // Red below zero, green from it on, blank months without a tint.
        let table = shown(Measure::Profit, Format::Table, &style);
        let row = table.lines().nth(4).expect("the second activity");
        let tint = |code: &str| row.find(code).unwrap_or_else(|| panic!("{code} in {row:?}"));
        assert!(tint("[48;5;210m") < tint("[48;5;194m"), "{row:?}");
        assert_eq!(row.matches("[48;5;").count(), 4, "{row:?}");
        for format in [Format::Csv, Format::Json, Format::Markdown] {
            assert!(!shown(Measure::Profit, format, &style).contains('\u{1b}'), "{format}");
        }
    }

    #[test]
    fn a_payback_is_its_month_and_the_curve_of_profits() {
        let rows = lines(&tracks(), By::Activity, 12);
        let cells = payback_row(&rows[0], By::Activity);
        let day = |text: &str| Cell::Date(lifecycle::calendar::parse_date(text).expect("a day"));
        // 10 million a month against 35: in the fourth month, from the clamped end of April.
        assert_eq!(cells[7..10], [Cell::Int(3), day("2024-04-30"), Money::from_units(85_000_000).into()]);
        assert_eq!(cells[10], Cell::from("▁▂▂▃▄▄▅▅▆▇▇█"));
        assert_eq!(
            payback_row(&rows[2], By::Activity)[7..],
            [Cell::Empty, Cell::Empty, Cell::Empty, "".into()]
        );
    }
}
