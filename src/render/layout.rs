//! A fitted grid as lines.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets};

use super::grid::{GAP, Grid};
use super::model::Align;

/// The headings, a rule, the `rows` first rows of the grid, and under another
/// rule the totals that follow them.
pub(super) fn laid_out(grid: &Grid, rows: usize, color: bool) -> Vec<String> {
    let mut layout = Table::new();
    layout.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    // A crossing in the rule brings one blank between columns along; the rest
    // of the gap is padding.
    layout.set_style(TableComponent::HeaderLines, '─');
    layout.set_style(TableComponent::MiddleHeaderIntersections, '─');
    // Told, not left to look at stdout itself, which need not be where this goes.
    layout.force_no_tty();
    if color {
        layout.enforce_styling().style_text_only();
    }
    let styled = |text: &str, attribute: Option<Attribute>| match attribute {
        Some(attribute) if color => Cell::new(text).add_attribute(attribute),
        _ => Cell::new(text),
    };
    layout.set_header(grid.columns.iter().map(|column| styled(&column.heading, Some(Attribute::Bold))));
    let count = grid.columns.first().map_or(0, |column| column.cells.len());
    for row in 0..count {
        layout.add_row(
            grid.columns
                .iter()
                .map(|column| styled(&column.cells[row], column.missing[row].then_some(Attribute::Dim))),
        );
    }
    let last = grid.columns.len().saturating_sub(1);
    for (position, (laid, column)) in layout.column_iter_mut().zip(&grid.columns).enumerate() {
        laid.set_padding((0, if position == last { 0 } else { GAP as u16 - 1 }));
        laid.set_cell_alignment(match column.align {
            Align::Left => CellAlignment::Left,
            Align::Right => CellAlignment::Right,
        });
    }
    let mut lines: Vec<String> = layout.lines().map(|line| line.trim_end().to_owned()).collect();
    // Every cell is one line, so that headings and rule are the first two.
    if count > rows {
        lines.insert(rows + 2, lines[1].clone());
    }
    lines
}
