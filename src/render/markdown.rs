//! GitHub's tables, with every column however wide.

use std::io::{self, Write};

use super::cell::Cell;
use super::model::{Align, Block, Column, Report, Table};
use super::style::Style;
use super::table::NO_ROWS;
use super::text::{harmless, one_line, write_blocks};

/// Writes the report's blocks.
pub(super) fn write(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let blocks = report.blocks.iter().map(|block| match block {
        Block::Text(text) => fenced(text),
        Block::Table(table) => paragraphs(table, style).join("\n\n"),
    });
    write_blocks(blocks, out)
}

/// The lines in a fence that none of them can close.
fn fenced(text: &str) -> String {
    let text = harmless(text);
    let text = text.trim_end_matches('\n');
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}\n{text}\n{fence}")
}

fn paragraphs(table: &Table, style: &Style<'_>) -> Vec<String> {
    let translate = |text: &str| (style.heading)(text);
    let title = table.title.iter().map(|title| format!("### {}", escaped(&title.translated(style.heading))));
    let body = if table.rows.is_empty() { translate(NO_ROWS) } else { grid(table, style) };
    let notes = table.notes.iter().map(|note| without_html(&note.translated(style.heading)));
    title.chain([body]).chain(notes).collect()
}

fn grid(table: &Table, style: &Style<'_>) -> String {
    let headings = table.for_people().map(|column| escaped(&(style.heading)(&column.heading)));
    let rule = table.for_people().map(|column| match column.align {
        Align::Left => "---".to_owned(),
        Align::Right => "---:".to_owned(),
    });
    let shown = |column: &Column, cell: &Cell| escaped(&column.shown(cell, &style.currency));
    let rows = table
        .rows
        .iter()
        .map(|row| line(table.cells_for_people(row).map(|(column, cell)| shown(column, cell))));
    let totals = table.totals.iter().map(|row| {
        line(table.cells_for_people(row).map(|(column, cell)| match shown(column, cell).trim() {
            // `****` is not bold but a rule.
            "" => String::new(),
            text if cell.is_missing() => text.to_owned(),
            text => format!("**{text}**"),
        }))
    });
    let lines: Vec<_> = [line(headings), line(rule)].into_iter().chain(rows).chain(totals).collect();
    lines.join("\n")
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// The text as it reads, within a cell or a heading: nothing in it is a tag, a link, an image or emphasis,
/// a bar does not end the cell, a line break does not tear it.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let within_word =
            before.is_alphanumeric() && letters.peek().is_some_and(|next| next.is_alphanumeric());
        match letter {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            // `user_id` is not emphasised, and reads better as it is.
            '_' if within_word => safe.push('_'),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' => safe.extend(['\\', letter]),
            _ => safe.push(letter),
        }
        before = letter;
    }
    safe
}

/// A remark of ours, which may hold code and names of the data.
fn without_html(text: &str) -> String {
    harmless(text).replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::super::{Format, rendered};
    use super::*;

    fn markdown(report: &Report, style: &Style<'_>) -> String {
        rendered(report, Format::Markdown, style)
    }

    #[test]
    fn cells_are_escaped_and_every_column_is_there() {
        let table = Table::new("t")
            .title("Channels")
            .columns([Column::text("c", "Channel | kind"), Column::number("n", "Orders").rank(9)])
            .row(["a|b\nc".into(), 1_234_i64.into()])
            .row(["네이버".into(), Cell::Empty])
            .total(["Total".into(), 1_234_i64.into()])
            .total(["".into(), Cell::Empty])
            .note("First note.")
            .note("Second note.");
        let expected = "\
### Channels

| Channel \\| kind | Orders |
| --- | ---: |
| a\\|b c | 1,234 |
| 네이버 | - |
| **Total** | **1,234** |
|  | - |

First note.

Second note.
";
        let style = Style { width: Some(10), color: true, ..Style::default() };
        assert_eq!(markdown(&Report::from(table), &style), expected);
    }

    #[test]
    fn values_are_text_and_nothing_else() {
        let hostile = "<script>alert(1)</script> & ![x](http://x) **b** _i_ `c` user_id a_ \u{202e}";
        let table = Table::new("t").title(hostile).column(Column::text("c", hostile)).row([hostile.into()]);
        let text = markdown(&Report::from(table.note("<b> `code`")), &Style::default());
        let safe = "&lt;script>alert(1)&lt;/script> &amp; !\\[x\\](http://x) \\*\\*b\\*\\* \\_i\\_ \\`c\\` user_id a\\_ \u{fffd}";
        assert_eq!(text, format!("### {safe}\n\n| {safe} |\n| --- |\n| {safe} |\n\n&lt;b> `code`\n"));
    }

    #[test]
    fn headings_titles_and_notes_are_translated_but_not_values() {
        let table = Table::new("t")
            .title("Orders")
            .column(Column::text("o", "Orders"))
            .row([Cell::from("Orders")])
            .note("Orders");
        let style = Style {
            heading: &|text| text.replace("Orders", "주문").replace("rows", "줄"),
            ..Style::default()
        };
        let expected = "### 주문\n\n| 주문 |\n| --- |\n| Orders |\n\n주문\n";
        assert_eq!(markdown(&Report::from(table), &style), expected);
        let empty = Table::new("t").title("Orders").column(Column::text("o", "Orders"));
        assert_eq!(markdown(&Report::from(empty), &style), "### 주문\n\n(no 줄)\n");
    }

    #[test]
    fn text_is_fenced_beyond_its_own_fences() {
        let report = Report::rows().text("a\n  b\n").text("```\nx\n```");
        let expected = "```\na\n  b\n```\n\n````\n```\nx\n```\n````\n";
        assert_eq!(markdown(&report, &Style::default()), expected);
    }
}
