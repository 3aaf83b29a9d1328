//! Aligned columns for a terminal.

use std::io::{self, Write};

use super::grid::Grid;
use super::layout::laid_out;
use super::model::{Block, Phrase, Report, Table};
use super::style::Style;
use super::text::{harmless, wrap, write_blocks};

/// What is said of one column that did not fit; `{width}` and `{columns}` are
/// filled in after translation.
pub const HIDDEN_ONE: &str =
    "1 column not shown at {width} columns wide: {columns} (a wider terminal or another format shows all)";

/// What is said of columns that did not fit; `{count}`, `{width}` and
/// `{columns}` are filled in after translation.
pub const HIDDEN_MANY: &str = "{count} columns not shown at {width} columns wide: {columns} (a wider terminal or another format shows all)";

/// What stands in place of a table without rows.
pub const NO_ROWS: &str = "(no rows)";

/// Writes the report's blocks.
pub(super) fn write(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let blocks = report.blocks.iter().map(|block| match block {
        Block::Text(text) => harmless(text).into_owned(),
        Block::Table(table) => lines(table, style).join("\n"),
    });
    write_blocks(blocks, out)
}

fn lines(table: &Table, style: &Style<'_>) -> Vec<String> {
    let translated = |text: &str| wrap(&(style.heading)(text), style.width);
    let phrase = |words: &Phrase| wrap(&words.translated(style.heading), style.width);
    let mut lines: Vec<String> = table.title.iter().flat_map(phrase).collect();
    if table.rows.is_empty() || table.columns.is_empty() {
        lines.extend(translated(NO_ROWS));
    } else {
        let mut grid = Grid::new(table, style);
        let note = style.width.and_then(|limit| hidden_note(&grid.fit(limit), limit, style));
        lines.extend(laid_out(&grid, table.rows.len(), style.color));
        lines.extend(note.iter().flat_map(|note| wrap(note, style.width)));
    }
    lines.extend(table.notes.iter().flat_map(phrase));
    lines
}

fn hidden_note(hidden: &[String], limit: usize, style: &Style<'_>) -> Option<String> {
    let note = match hidden.len() {
        0 => return None,
        1 => HIDDEN_ONE,
        _ => HIDDEN_MANY,
    };
    // The names last: they are the only part that could hold a placeholder.
    let note = (style.heading)(note)
        .replace("{count}", &hidden.len().to_string())
        .replace("{width}", &limit.to_string())
        .replace("{columns}", &hidden.join(", "));
    Some(note)
}

#[cfg(test)]
mod tests {
    use super::super::text::width;
    use super::super::{Cell, Column, Format, rendered};
    use super::*;
    use crate::money::Money;

    fn shown(report: impl Into<Report>, style: &Style<'_>) -> String {
        let shown = rendered(&report.into(), Format::Table, style);
        for line in shown.lines() {
            assert_eq!(line, line.trim_end(), "blanks at the end of a line of\n{shown}");
        }
        shown
    }

    fn channels() -> Table {
        Table::new("channels")
            .title("Channels")
            .columns([
                Column::text("channel", "Channel"),
                Column::number("ltv", "LTV"),
                Column::text("note", ""),
            ])
            .row(["네이버 검색".into(), Money::from_units(1_234_567).into(), "좋음".into()])
            .row(["organic".into(), Cell::Empty, "".into()])
            .total(["Total".into(), Money::from_units(89).into(), "".into()])
            .note("Net of returns.")
    }

    /// Wider than 80 columns: eight numbers of ten columns with their gaps.
    fn wide() -> Table {
        let names = ["Orders", "Revenue", "AOV", "Profit", "CAC", "LTV", "LTV:CAC", "Payback"];
        let ranks = [0, 0, 2, 1, 0, 0, 2, 0];
        let columns = names.iter().zip(ranks).map(|(name, rank)| Column::number(*name, *name).rank(rank));
        let row = std::iter::once(Cell::from("Search")).chain(names.map(|_| Cell::Int(123_456_789)));
        Table::new("t")
            .column(Column::text("channel", "Channel"))
            .columns(columns)
            .row(row.collect::<Vec<_>>())
    }

    #[test]
    fn wide_characters_align() {
        let expected = "\
Channels
Channel            LTV
────────────────────────────
네이버 검색  1,234,567  좋음
organic              -
────────────────────────────
Total               89
Net of returns.
";
        assert_eq!(shown(channels(), &Style::default()), expected);
    }

    #[test]
    fn only_headings_and_missing_values_are_styled() {
        let style = Style { color: true, ..Style::default() };
        let colored = shown(channels(), &style);
        assert!(
            colored.contains("\u{1b}[1mChannel\u{1b}[0m            \u{1b}[1mLTV\u{1b}[0m"),
            "{colored:?}"
        );
        assert!(colored.contains("organic              \u{1b}[2m-\u{1b}[0m\n"), "{colored:?}");
        let plain =
            ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"].iter().fold(colored, |text, code| text.replace(code, ""));
        let trimmed: Vec<_> = plain.lines().map(str::trim_end).collect();
        let expected = shown(channels(), &Style::default());
        assert_eq!(trimmed, expected.lines().collect::<Vec<_>>());
    }

    #[test]
    fn columns_are_dropped_at_80_and_named() {
        let expected = "\
Channel       Orders      Revenue          CAC          LTV      Payback
────────────────────────────────────────────────────────────────────────
Search   123,456,789  123,456,789  123,456,789  123,456,789  123,456,789
3 columns not shown at 80 columns wide: AOV, Profit, LTV:CAC (a wider terminal
or another format shows all)
";
        let narrow = shown(wide(), &Style { width: Some(80), ..Style::default() });
        assert_eq!(narrow, expected);
        let all = shown(wide(), &Style::default());
        assert!(all.contains("LTV:CAC") && !all.contains("not shown"), "{all}");
        // Seven, two for each gap and eleven for each number.
        let exact = 7 + 8 * 13;
        assert_eq!(shown(wide(), &Style { width: Some(exact), ..Style::default() }), all);
        let one = shown(wide(), &Style { width: Some(exact - 1), ..Style::default() });
        assert!(one.contains("1 column not shown at 110 columns wide: LTV:CAC (a wider"), "{one}");
    }

    #[test]
    fn words_are_cut_when_no_column_can_go() {
        let table = Table::new("t")
            .title("A title of several words")
            .columns([Column::text("name", "Name"), Column::number("n", "Number")])
            .row(["A long name, 그리고 한글".into(), 1_234_567_i64.into()])
            .note("A note that is long");
        let expected = "\
A title of several
words
Name          Number
────────────────────
A long n…  1,234,567
A note that is long
";
        assert_eq!(shown(table.clone(), &Style { width: Some(20), ..Style::default() }), expected);
        let narrowest = shown(table, &Style { width: Some(1), ..Style::default() });
        assert!(narrowest.contains("A l…  1,234,567\n"), "{narrowest}");
    }

    #[test]
    fn what_people_read_is_translated_but_not_values() {
        let korean = |text: &str| match text {
            "Channel" => "채널".to_owned(),
            "Channels" => "채널별".to_owned(),
            "Net of returns." => "반품 제외.".to_owned(),
            HIDDEN_ONE => "{width}칸에 맞지 않아 숨긴 열: {columns}".to_owned(),
            NO_ROWS => "(없음)".to_owned(),
            other => other.to_owned(),
        };
        let style = Style { width: Some(16), heading: &korean, ..Style::default() };
        let table = Table::new("t")
            .title("Channels")
            .columns([Column::text("channel", "Channel"), Column::number("n", "N").rank(1)])
            .row(["Channel".into(), 1_234_567_i64.into()])
            .note("Net of returns.");
        let expected = "채널별\n채널\n───────\nChannel\n16칸에 맞지 않아\n숨긴 열: N\n반품 제외.\n";
        let narrow = shown(table, &style);
        assert_eq!(narrow, expected);
        assert!(narrow.lines().all(|line| width(line) <= 16), "{narrow}");
        let empty = Table::new("t").title("Channels").column(Column::text("channel", "Channel"));
        assert_eq!(shown(empty, &style), "채널별\n(없음)\n");
    }

    #[test]
    fn blocks_are_parted_and_text_stays_as_it_is() {
        let empty = Table::new("t").title("Orders").column(Column::text("a", "A")).note("A note.");
        let report = Report::rows().text("  log  1\n  log  2\n").table(empty).text("").text("end");
        let expected = "  log  1\n  log  2\n\nOrders\n(no rows)\nA note.\n\nend\n";
        assert_eq!(shown(report, &Style { width: Some(10), ..Style::default() }), expected);
    }

    #[test]
    fn a_line_break_in_a_value_does_not_move_the_totals() {
        let table = Table::new("t")
            .column(Column::text("a", "A"))
            .row([Cell::from("one\ntwo")])
            .total([Cell::from("all")]);
        assert_eq!(shown(table, &Style::default()), "A\n───────\none two\n───────\nall\n");
    }
}
