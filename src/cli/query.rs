//! `lifecycle query`: a user's own SQL over the file.

use std::io;
use std::path::Path;

use clap::Args;

use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Format, Report, Table, render_rows};
use lifecycle::statements::{Answer, Change, Mode, Outcome, Script};
use lifecycle::store::{Access, Value};

use super::error::CommandError;
use super::global::Context;

/// Ask the file in SQL
///
/// QUERY is SQL, or a file of it (one that is there, or any name ending in .sql), or `-` for stdin.
/// DuckDB's SQL is understood; `SHOW TABLES` and `DESCRIBE orders` say what there is.
///
///   lifecycle query "SELECT grade, count(*) FROM users GROUP BY grade"
///
///   lifecycle query "SELECT * FROM orders JOIN 'stores.csv' USING (user_id)" --format csv
///
/// Several statements are parted by `;`: all are run, and the rows of the last are printed. Every value is
/// printed exactly: amounts and other decimals with all their digits and without separators, numbers
/// unrounded, moments with their fractions. Lists, intervals and what else has no form of
/// its own are printed as DuckDB writes them. JSON has decimals as numbers where they are whole, else as
/// texts, and no value as null. CSV and JSON are written as the rows come.
///
/// Only reading is possible without --write. Besides the file itself, nothing else is changed: COPY ... TO,
/// EXPORT, ATTACH, INSTALL, LOAD, SET and PRAGMA are refused (`lifecycle export` writes files). Other files can be
/// read, as by read_csv('x.csv'), and CREATE TEMP TABLE, VIEW and MACRO and SET VARIABLE help along the way. Some
/// arithmetic of ours is there too: month_offset_of(start, instant) is the number of whole months since a start, as
/// cohorts count them, and divide_half_up(amount, n) an amount divided to the cent.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// SQL, a file of it, or `-` for stdin
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: String,

    /// Let the statements change the file: all of them, or none if one fails
    ///
    /// Everything that DuckDB can do is possible then, but a transaction of one's own. Files that COPY ... TO
    /// writes stay, even if a later statement fails.
    #[arg(long)]
    write: bool,
}

pub fn run(context: &Context<'_>, args: &QueryArgs) -> Result<(), CommandError> {
    let text = text_of(&args.query)?;
    let script = Script::parse(&text)?;
    if args.write { write(context, &script) } else { read(context, &script) }
}

fn text_of(query: &str) -> Result<String, CommandError> {
    let path = Path::new(query);
    let is_sql_file = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
    let cannot_read = |what: &str, error: io::Error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no file {what}"),
            io::ErrorKind::InvalidData => format!("{what} is not valid UTF-8"),
            _ => format!("cannot read {what}: {error}"),
        };
        CommandError::failed(message)
    };
    if query == "-" {
        io::read_to_string(io::stdin()).map_err(|error| cannot_read("the standard input", error))
    } else if path.is_file() || is_sql_file {
        std::fs::read_to_string(path).map_err(|error| cannot_read(query, error))
    } else {
        Ok(query.to_owned())
    }
}

fn read(context: &Context<'_>, script: &Script<'_>) -> Result<(), CommandError> {
    script.expect_reading()?;
    let store = context.open(Access::Read)?;
    let outcome = script.run(&store, Mode::Reading, |answer| print(context, answer))?;
    notes(context, &outcome);
    Ok(())
}

fn write(context: &Context<'_>, script: &Script<'_>) -> Result<(), CommandError> {
    script.expect_no_transaction()?;
    let store = context.open(Access::Write)?;
    let mut rows = None;
    // Printed when all is done: what was printed cannot be taken back.
    let for_people = !is_streamed(context);
    let outcome = script.run(&store, Mode::Writing, |answer| {
        rows = Some(collected(answer, for_people)?);
        Ok::<(), CommandError>(())
    })?;
    store.close()?;
    match rows {
        Some(rows) => {
            for change in outcome.changes.iter().filter(|change| change.rows.is_some()) {
                context.ui.note(&said(change));
            }
            print_collected(context, rows)?;
        }
        None => context.ui.report(&changes_report(&outcome.changes), &Currency::default())?,
    }
    notes(context, &outcome);
    Ok(())
}

fn said(change: &Change) -> String {
    format!("statement {} ({}): {} rows changed", change.number, change.name, change.rows.unwrap_or_default())
}

fn notes(context: &Context<'_>, outcome: &Outcome) {
    match outcome.unseen {
        0 => {}
        1 => context.ui.note("another statement answered with rows: only the last one's are printed"),
        unseen => {
            context.ui.note(&format!(
                "{unseen} other statements answered with rows: only the last one's are printed"
            ));
        }
    }
    if outcome.touched_orders {
        context.ui.note(
            "if orders have changed, `lifecycle cohort verify` says whether the written months still hold",
        );
    }
}

/// Whether rows are printed as they come.
fn is_streamed(context: &Context<'_>) -> bool {
    matches!(context.ui.format(), Format::Csv | Format::Json)
}

/// The rows of an answer, all of them.
struct Collected {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    is_plan: bool,
}

fn print(context: &Context<'_>, mut answer: Answer<'_>) -> Result<(), CommandError> {
    if !is_streamed(context) {
        return print_collected(context, collected(answer, true)?);
    }
    let columns = columns_of(&answer);
    let mut out = io::stdout().lock();
    render_rows(&columns, context.ui.format(), &mut out, |push| {
        let mut cells = Vec::with_capacity(columns.len());
        while let Some(batch) = answer.rows.next_batch()? {
            for row in 0..batch.rows() {
                cells.clear();
                cells.extend(batch.row(row).map(|value| cell(value, false)));
                push(&cells)?;
            }
        }
        Ok(())
    })
}

fn collected(mut answer: Answer<'_>, for_people: bool) -> Result<Collected, CommandError> {
    let columns = columns_of(&answer);
    let mut rows = Vec::new();
    while let Some(batch) = answer.rows.next_batch()? {
        for row in 0..batch.rows() {
            rows.push(batch.row(row).map(|value| cell(value, for_people)).collect());
        }
    }
    Ok(Collected { columns, rows, is_plan: answer.is_plan })
}

fn print_collected(context: &Context<'_>, answer: Collected) -> Result<(), CommandError> {
    let Collected { columns, rows, is_plan } = answer;
    // The engine has drawn a plan already, over many lines.
    if is_plan && !is_streamed(context) {
        let drawn = rows.iter().filter_map(|row| match row.last() {
            Some(Cell::Text(plan)) => Some(plan.as_str()),
            _ => None,
        });
        let report = Report::rows().text(drawn.collect::<Vec<_>>().join("\n"));
        return context.ui.report(&report, &Currency::default());
    }
    let table = Table::new("rows").columns(columns).rows(rows);
    context.ui.report(&Report::from(table), &Currency::default())
}

/// Words are cut to this before a column goes: a moment is whole.
const LEAST_WORDS: usize = 19;

/// On a narrow terminal the rightmost columns go first.
fn columns_of(answer: &Answer<'_>) -> Vec<Column> {
    let columns = answer.columns.iter().enumerate().map(|(position, column)| {
        let made = if column.is_number {
            Column::number(&column.name, &column.name)
        } else {
            Column::text(&column.name, &column.name).least(LEAST_WORDS)
        };
        made.rank(u8::try_from(position).unwrap_or(u8::MAX))
    });
    columns.collect()
}

/// A value, exactly. People see moments as they are too, with their fractions.
fn cell(value: Value<'_>, for_people: bool) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(value) if for_people => Cell::from(value.to_string()),
        Value::Bool(value) => Cell::Bool(value),
        Value::Int(number) => Cell::Id(number),
        Value::Decimal { digits, scale } => Cell::Exact { digits, scale },
        Value::Double(value) => Cell::Plain(value),
        Value::Text(text) => Cell::Text(text.into_owned()),
        Value::Blob(bytes) => Cell::Text(hexadecimal(bytes)),
        Value::Date(day) => Cell::Date(day),
        Value::Timestamp(moment) if for_people => {
            Cell::Text(moment.format("%Y-%m-%d %H:%M:%S%.f").to_string())
        }
        Value::Timestamp(moment) => Cell::Timestamp(moment),
    }
}

/// Bytes as the engine writes them: `\x00`.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect()
}

fn changes_report(changes: &[Change]) -> Report {
    let row = |change: &Change| {
        vec![
            Cell::from(change.number),
            Cell::from(change.name.clone()),
            change.rows.map_or(Cell::Empty, Cell::from),
        ]
    };
    let table = Table::new("changes")
        .column(Column::number("number", "#"))
        .column(Column::text("statement", "Statement"))
        .column(Column::number("rows_changed", "Rows changed"))
        .rows(changes.iter().map(row));
    Report::from(table)
}
