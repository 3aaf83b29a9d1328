//! A fitted grid as lines.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, TableComponent, presets,
};

use super::grid::{GAP, Grid, Shown};
use super::heat::INK;
use super::model::Align;
use super::text::width;

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
    let heading = |column: &Shown| {
        let heading = Cell::new(&column.heading);
        if color { heading.add_attribute(Attribute::Bold) } else { heading }
    };
    layout.set_header(grid.columns.iter().map(heading));
    let count = grid.columns.first().map_or(0, |column| column.cells.len());
    for row in 0..count {
        layout.add_row(
            grid.columns.iter().map(|column| if color { styled(column, row) } else { plain(column, row) }),
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

fn plain(column: &Shown, row: usize) -> Cell {
    Cell::new(&column.cells[row])
}

/// A tint fills the width of its column; a missing value is dim.
fn styled(column: &Shown, row: usize) -> Cell {
    let text = &column.cells[row];
    match column.tints[row] {
        Some(tint) => {
            let blanks = " ".repeat(column.width.saturating_sub(width(text)));
            Cell::new(format!("{blanks}{text}")).bg(Color::AnsiValue(tint)).fg(Color::AnsiValue(INK))
        }
        None if column.missing[row] && !text.is_empty() => plain(column, row).add_attribute(Attribute::Dim),
        None => plain(column, row),
    }
}
