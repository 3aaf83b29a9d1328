//! `lifecycle query`: a user's own SQL over the file.

use std::io;
use std::path::Path;

use clap::Args;

use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Format, Report, Table, render_rows};
use lifecycle::statements::{self, Answer, ScriptError};
use lifecycle::store::{Access, Value};

use super::error::CommandError;
use super::global::Context;

/// Query the file in SQL
///
/// QUERY is SQL, or a file of it (one that is there, or any name ending in .sql), or `-` for stdin.
/// DuckDB's SQL is understood; `SHOW TABLES` and `DESCRIBE orders` say what there is.
///
/// Every value is printed exactly: amounts and other decimals with all their digits and without
/// separators, numbers unrounded, timestamps with their fractions. Lists, intervals and other types
/// without a form of their own are printed as DuckDB writes them. JSON has decimals as numbers where
/// they are whole, else as strings, and missing values as null. CSV and JSON are written as the rows come.
///
/// Without --write, QUERY is one statement that reads: a SELECT in any of its forms (FROM, VALUES, SHOW,
/// DESCRIBE, SUMMARIZE, UNPIVOT, PIVOT with the values listed: ON status IN ('Success', 'Refunded')) or EXPLAIN
/// of one. It may read other files too, as by read_csv('x.csv'). Everything else is refused, and so are functions
/// that change files or settings (`lifecycle export` writes files). A few of our own functions are there:
/// month_offset_of(start, instant) is the number of whole months since a start, as cohorts count them, and
/// divide_half_up(amount, n) divides an amount and rounds to the cent.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// SQL, a file of it, or `-` for stdin
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: String,

    /// Allow changes: run any number of statements in one transaction, all or none
    ///
    /// The last statement's rows are printed; for INSERT, UPDATE and DELETE, how many rows they changed. Files
    /// that COPY ... TO writes stay, even if a later statement fails.
    #[arg(long)]
    write: bool,
}

pub fn run(context: &Context<'_>, args: &QueryArgs) -> Result<(), CommandError> {
    let text = text_of(&args.query)?;
    if args.write { write(context, &text) } else { read(context, &text) }
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

fn read(context: &Context<'_>, text: &str) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let answer = statements::read(&store, text).map_err(|error| {
        let unlisted = matches!(error, ScriptError::NotReading) && text.to_lowercase().contains("pivot");
        let error = CommandError::from(error);
        if unlisted {
            error.hint("PIVOT reads if its values are listed: ON status IN ('Success', 'Refunded')")
        } else {
            error
        }
    })?;
    print(context, answer)
}

fn write(context: &Context<'_>, text: &str) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    // Printed when all is done: what was printed cannot be taken back.
    let for_people = !is_streamed(context);
    let rows = statements::write(&store, text, |answer| collected(answer, for_people))?;
    store.close()?;
    let printed = print_collected(context, rows);
    if text.to_lowercase().contains("orders") {
        context.ui.note(
            "if orders have changed, `lifecycle cohort verify` says whether the written months still hold",
        );
    }
    printed
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
    let mut out = context.ui.data_out();
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
