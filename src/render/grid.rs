//! A table's columns as shown, fitted to a width.

use super::cell::Cell;
use super::heat::Scale;
use super::model::{Align, Column, Table};
use super::style::Style;
use super::text::{one_line, truncate, width};

/// Blanks between two columns.
pub(super) const GAP: usize = 2;

/// Texts are never truncated below this width.
const NARROWEST: usize = 4;

/// A text is cut to this even without a limit: the layout counts in 16 bits,
/// and would break a longer one into several lines.
const WIDEST: usize = 16_000;

/// A table's columns as shown.
pub(super) struct Grid {
    /// Those that are kept, left to right.
    pub columns: Vec<Shown>,
}

/// One column as shown.
pub(super) struct Shown {
    /// The translated heading.
    pub heading: String,
    /// Its alignment.
    pub align: Align,
    /// The rows, then the totals.
    pub cells: Vec<String>,
    /// Whether each of the cells has no value.
    pub missing: Vec<bool>,
    /// The tint of each of the cells, by the table's heat.
    pub tints: Vec<Option<u8>>,
    /// The columns of the terminal it takes.
    pub width: usize,
    /// What it may be cut to before others are dropped.
    least: usize,
    rank: u8,
    /// Whether only words are lost when it is cut short.
    words: bool,
    /// Its position among all the table's columns.
    position: usize,
}

impl Shown {
    fn new(
        position: usize,
        column: &Column,
        table: &Table,
        scale: Option<&Scale>,
        style: &Style<'_>,
    ) -> Self {
        const NONE: &Cell = &Cell::Empty;
        let rows = table.rows.iter().chain(&table.totals);
        let cells: Vec<&Cell> = rows.map(|row| row.get(position).unwrap_or(NONE)).collect();
        let heading = one_line(&(style.heading)(&column.heading));
        let texts: Vec<_> = cells.iter().map(|cell| column.shown(cell, &style.currency)).collect();
        let widest = texts.iter().map(|text| width(text)).fold(width(&heading), usize::max);
        let is_word = |cell: &&Cell| matches!(cell, Cell::Text(_) | Cell::Empty);
        let words = column.align == Align::Left && cells.iter().all(is_word);
        let least = column.least.filter(|least| words && *least < widest);
        let scale = scale.filter(|_| column.dense);
        let mut shown = Shown {
            heading,
            align: column.align,
            cells: texts,
            missing: cells.iter().map(|cell| cell.is_missing()).collect(),
            tints: cells.iter().map(|cell| scale.and_then(|scale| scale.tint(cell))).collect(),
            width: widest.min(WIDEST),
            least: least.unwrap_or(widest.min(WIDEST)),
            rank: column.rank,
            words,
            position,
        };
        if widest > WIDEST {
            shown.cut();
        }
        shown
    }

    /// Cuts every text to the width.
    fn cut(&mut self) {
        for text in self.cells.iter_mut().chain([&mut self.heading]) {
            if width(text) > self.width {
                *text = truncate(text, self.width);
            }
        }
    }
}

impl Grid {
    /// Every column at its natural width.
    pub fn new(table: &Table, style: &Style<'_>) -> Self {
        // The cells of a triangle alone: the columns beside it are of other units.
        let cells = table.rows.iter().flat_map(|row| table.columns.iter().zip(row));
        let dense = cells.filter(|(column, _)| column.dense).map(|(_, cell)| cell);
        let scale = table.heat.map(|heat| Scale::new(heat, dense));
        let columns = table.columns.iter().enumerate().filter(|(_, column)| column.is_for_people());
        let shown =
            columns.map(|(position, column)| Shown::new(position, column, table, scale.as_ref(), style));
        Grid { columns: shown.collect() }
    }

    /// The columns of the terminal it takes.
    pub fn width(&self) -> usize {
        self.gaps() + self.columns.iter().map(|column| column.width).sum::<usize>()
    }

    fn least_width(&self) -> usize {
        self.gaps() + self.columns.iter().map(|column| column.least).sum::<usize>()
    }

    fn gaps(&self) -> usize {
        self.columns.len().saturating_sub(1) * GAP
    }

    /// Makes the grid fit: unless cutting words to their least is enough, drops
    /// the columns of the highest rank, from the right, but never the only one;
    /// then cuts those with a least width, then the widest words. Returns the
    /// headings that went, from the left. Numbers are never cut, so that a grid
    /// of them may stay too wide.
    pub fn fit(&mut self, limit: usize) -> Vec<String> {
        let mut hidden = Vec::new();
        while self.least_width() > limit && self.columns.len() > 1 {
            // Of equals this takes the last, which is the rightmost.
            let by_rank = self.columns.iter().enumerate().max_by_key(|(_, column)| column.rank);
            let Some((next, _)) = by_rank.filter(|(_, column)| column.rank > 0) else {
                break;
            };
            hidden.push(self.columns.remove(next));
        }
        self.shrink(limit);
        hidden.sort_by_key(|column| column.position);
        hidden.into_iter().map(|column| column.heading).collect()
    }

    /// Cuts the words that may be cut first, then the widest, and once they are as narrow as the next widest
    /// those too, until the grid fits or every text is at its narrowest.
    fn shrink(&mut self, limit: usize) {
        for _ in limit..self.width() {
            let words = self.columns.iter_mut().filter(|column| column.words && column.width > NARROWEST);
            let Some(widest) = words.max_by_key(|column| (column.width > column.least, column.width)) else {
                break;
            };
            widest.width -= 1;
        }
        self.columns.iter_mut().filter(|column| column.words).for_each(Shown::cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ranks: &[u8]) -> Table {
        let mut table = Table::new("t").column(Column::text("name", "Name"));
        for (number, rank) in ranks.iter().enumerate() {
            table = table.column(Column::number("n", format!("N{number}")).rank(*rank));
        }
        // Four wide, and each number ten with its gap.
        let numbers = ranks.iter().map(|_| Cell::Int(-100_000));
        table.row(std::iter::once(Cell::from("abcd")).chain(numbers).collect::<Vec<_>>())
    }

    fn hidden(ranks: &[u8], limit: usize) -> Vec<String> {
        Grid::new(&table(ranks), &Style::default()).fit(limit)
    }

    #[test]
    fn the_highest_rank_goes_first_and_of_equals_the_rightmost() {
        let ranks = [0, 2, 1, 2, 3, 1];
        assert_eq!(Grid::new(&table(&ranks), &Style::default()).width(), 64);
        assert_eq!(hidden(&ranks, 64), [""; 0]);
        assert_eq!(hidden(&ranks, 63), ["N4"]);
        assert_eq!(hidden(&ranks, 53), ["N3", "N4"]);
        assert_eq!(hidden(&ranks, 43), ["N1", "N3", "N4"]);
        assert_eq!(hidden(&ranks, 33), ["N1", "N3", "N4", "N5"]);
        assert_eq!(hidden(&ranks, 0), ["N1", "N2", "N3", "N4", "N5"]);
    }

    #[test]
    fn the_only_column_stays_whatever_its_rank() {
        let table = Table::new("t").column(Column::number("n", "N").rank(9)).row([Cell::Int(1_000_000)]);
        let mut grid = Grid::new(&table, &Style::default());
        assert_eq!(grid.fit(3), [""; 0]);
        assert_eq!(grid.columns[0].cells, ["1,000,000"]);
    }

    #[test]
    fn only_the_widest_words_are_cut() {
        let table = Table::new("t")
            .columns([Column::text("a", "Long words here"), Column::text("b", "B"), Column::text("d", "D")])
            .row(["가나다라마바사".into(), "abcdefgh".into(), Cell::Int(1_234_567)]);
        let fitted = |limit: usize| {
            let mut grid = Grid::new(&table, &Style::default());
            grid.fit(limit);
            let texts = grid.columns.iter().map(|column| format!("{}/{}", column.heading, column.cells[0]));
            (grid.width(), texts.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(fitted(36), (36, "Long words here/가나다라마바사 B/abcdefgh D/1,234,567".to_owned()));
        assert_eq!(fitted(31), (31, "Long word…/가나다라… B/abcdefgh D/1,234,567".to_owned()));
        assert_eq!(fitted(25), (25, "Long…/가나… B/abcde… D/1,234,567".to_owned()));
        assert_eq!(fitted(1), (21, "Lon…/가… B/abc… D/1,234,567".to_owned()));
    }

    #[test]
    fn words_with_a_least_width_are_cut_before_a_column_goes() {
        let table = |least: usize| {
            Table::new("t")
                .columns([
                    Column::text("a", "Name").least(least),
                    Column::text("b", "B"),
                    Column::number("n", "N").rank(1),
                ])
                .row(["abcdefghijkl".into(), "wxyzwxyzwxyzwxyz".into(), Cell::Int(1)])
        };
        let fitted = |least: usize, limit: usize| {
            let mut grid = Grid::new(&table(least), &Style::default());
            let hidden = grid.fit(limit).concat();
            (grid.width(), grid.columns[0].cells[0].clone(), hidden)
        };
        assert_eq!(fitted(8, 33), (33, "abcdefghijkl".to_owned(), String::new()));
        assert_eq!(fitted(8, 29), (29, "abcdefg…".to_owned(), String::new()));
        // What the dropped column leaves is given back to the words.
        assert_eq!(fitted(8, 28), (28, "abcdefghi…".to_owned(), "N".to_owned()));
        assert_eq!(fitted(12, 32), (30, "abcdefghijkl".to_owned(), "N".to_owned()));
    }

    #[test]
    fn columns_for_programs_are_not_shown() {
        let columns =
            [Column::text("a", "A"), Column::text("b", "B").only_for(super::super::Audience::Programs)];
        let grid =
            Grid::new(&Table::new("t").columns(columns).row(["x".into(), "y".into()]), &Style::default());
        assert_eq!(grid.columns.len(), 1);
    }

    #[test]
    fn words_among_numbers_are_not_cut() {
        let table = Table::new("t").column(Column::number("n", "N")).row([Cell::from("1 in 1,000")]);
        let mut grid = Grid::new(&table, &Style::default());
        grid.fit(5);
        assert_eq!(grid.columns[0].cells, ["1 in 1,000"]);
    }

    #[test]
    fn a_text_beyond_the_layout_is_cut_without_a_limit() {
        let table = Table::new("t").column(Column::text("a", "A")).row([Cell::from("x".repeat(70_000))]);
        let grid = Grid::new(&table, &Style::default());
        assert_eq!((grid.width(), width(&grid.columns[0].cells[0])), (WIDEST, WIDEST));
    }
}
