//! What is rendered: tables and text, and what of it programs get.

use super::cell::Cell;
use super::heat::Heat;
use crate::lang::filled;
use crate::money::Currency;

/// Who gets a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Every format.
    #[default]
    Everyone,
    /// Tables and Markdown.
    People,
    /// CSV and JSON.
    Programs,
}

/// On which side of its column a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What the values of a column are: their type, and with it how they are shown and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Numbers that name something.
    Id,
    /// Whole numbers that count something.
    Count,
    /// Amounts, in the file's currency.
    Money,
    /// Plain numbers.
    Ratio,
    /// Percentages, times 100.
    Percent,
    /// Days.
    Date,
    /// Moments without a zone.
    Instant,
    /// Yes or no.
    YesNo,
    /// Whatever the row says: a table of facts, a user's own query.
    Any,
}

impl Kind {
    /// Whether a value is of this kind, or missing.
    pub fn takes(self, cell: &Cell) -> bool {
        match (self, cell) {
            (Kind::Any, _) | (_, Cell::Empty) => true,
            (Kind::Text, cell) => matches!(cell, Cell::Text(_)),
            (Kind::Id, cell) => matches!(cell, Cell::Id(_) | Cell::Int(_)),
            (Kind::Count, cell) => matches!(cell, Cell::Int(_)),
            (Kind::Money, cell) => matches!(cell, Cell::Money(_) | Cell::Expected(_)),
            (Kind::Ratio, cell) => matches!(cell, Cell::Ratio(_) | Cell::Plain(_)),
            (Kind::Percent, cell) => matches!(cell, Cell::Percent(_)),
            (Kind::Date, cell) => matches!(cell, Cell::Date(_)),
            (Kind::Instant, cell) => matches!(cell, Cell::Timestamp(_)),
            (Kind::YesNo, cell) => matches!(cell, Cell::Bool(_)),
        }
    }

    /// On which side of its column a value stands.
    const fn align(self) -> Align {
        match self {
            Kind::Text | Kind::Date | Kind::Instant | Kind::YesNo => Align::Left,
            Kind::Id | Kind::Count | Kind::Money | Kind::Ratio | Kind::Percent | Kind::Any => Align::Right,
        }
    }

    /// The unit of its values where the column does not say it.
    const fn unit(self) -> &'static str {
        match self {
            Kind::Money => "currency",
            Kind::Percent => "percent",
            _ => "",
        }
    }
}

/// Words for people, with values to be put into them after translation: a title, a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    template: String,
    values: Vec<(&'static str, String)>,
}

impl Phrase {
    /// Words, in English; `{name}` stands for a value.
    pub fn new(template: impl Into<String>) -> Self {
        Phrase { template: template.into(), values: Vec::new() }
    }

    /// With the value for `{name}`.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// The words in English, with their values.
    pub fn english(&self) -> String {
        self.translated(&str::to_owned)
    }

    /// The words as `translate` puts them, with their values.
    pub fn translated(&self, translate: &dyn Fn(&str) -> String) -> String {
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        filled(translate(&self.template), &values)
    }
}

impl<T: Into<String>> From<T> for Phrase {
    fn from(words: T) -> Self {
        Phrase::new(words)
    }
}

/// One column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The stable name programs use: CSV's header and JSON's key.
    pub key: String,
    /// What people read above the column, before translation.
    pub heading: String,
    /// What its values are.
    pub kind: Kind,
    /// What its values count or measure: `orders`, `customers`, `currency`; empty where the heading says all.
    pub unit: &'static str,
    /// Its alignment.
    pub align: Align,
    /// How soon the column goes on a narrow terminal: 0 never, the highest first.
    pub rank: u8,
    /// What its words may be cut to before any column is dropped.
    pub least: Option<usize>,
    /// Whether people see its values short (`1.2M`, `12.3%`), nothing where
    /// there is none, and coloured by the table's heat.
    pub dense: bool,
    /// Who gets it.
    pub audience: Audience,
}

impl Column {
    /// A left-aligned column, for words and dates, that is never dropped. Only
    /// such a column may be cut short on a narrow terminal.
    pub fn text(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Column { align: Align::Left, ..Column::new(Kind::Any, key, heading) }
    }

    /// A column of declared values, that is never dropped.
    pub fn new(kind: Kind, key: impl Into<String>, heading: impl Into<String>) -> Self {
        Column {
            key: key.into(),
            heading: heading.into(),
            kind,
            unit: kind.unit(),
            align: kind.align(),
            rank: 0,
            least: None,
            dense: false,
            audience: Audience::Everyone,
        }
    }

    /// A right-aligned column, for numbers, that is never dropped.
    pub fn number(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Column::new(Kind::Any, key, heading)
    }

    /// The column with the unit of its values.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// The column dropped at this rank on a narrow terminal: 0 never, the
    /// highest first.
    pub fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    /// The column of words that is cut, down to this width, before any column
    /// is dropped.
    pub fn least(mut self, width: usize) -> Self {
        self.least = Some(width);
        self
    }

    /// The column with its values short for people: a cell of a triangle.
    pub fn dense(mut self) -> Self {
        self.dense = true;
        self
    }

    /// The column for these only.
    pub fn only_for(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Whether tables and Markdown have it.
    pub(super) fn is_for_people(&self) -> bool {
        self.audience != Audience::Programs
    }

    /// Whether CSV and JSON have it.
    pub(super) fn is_for_programs(&self) -> bool {
        self.audience != Audience::People
    }

    /// A value of it as people read it.
    pub(super) fn shown(&self, cell: &Cell, currency: &Currency) -> String {
        if self.dense { cell.shown_short(currency) } else { cell.shown(currency) }
    }
}

/// Rows under named columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The name programs use: the key of the rows in JSON, beside a record's
    /// own keys. A table without one is for people only, and left out of CSV
    /// and JSON.
    pub name: String,
    /// What people read above the table, before translation.
    pub title: Option<Phrase>,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows, each with one cell per column; a cell that is not there is empty.
    pub rows: Vec<Vec<Cell>>,
    /// Rows of totals, shown under a rule; left out of CSV and JSON, where they
    /// would be counted as data.
    pub totals: Vec<Vec<Cell>>,
    /// Remarks people read below the table, before translation.
    pub notes: Vec<Phrase>,
    /// How the dense columns are coloured on a terminal.
    pub heat: Option<Heat>,
}

impl Table {
    /// A table without columns and rows, by the name programs use.
    pub fn new(name: impl Into<String>) -> Self {
        Table { name: name.into(), ..Table::default() }
    }

    /// With a title above it.
    pub fn title(mut self, title: impl Into<Phrase>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// With one more column, to the right of the others.
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// With more columns, to the right of the others.
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns.extend(columns);
        self
    }

    /// With one more row, of one cell per column.
    pub fn row(mut self, cells: impl Into<Vec<Cell>>) -> Self {
        self.push(cells);
        self
    }

    /// With more rows, each of one cell per column.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        for row in rows {
            self.push(row);
        }
        self
    }

    /// With one more row of totals, of one cell per column.
    pub fn total(mut self, cells: impl Into<Vec<Cell>>) -> Self {
        let cells = cells.into();
        debug_assert_eq!(cells.len(), self.columns.len(), "a total of {}", self.name);
        self.totals.push(cells);
        self
    }

    /// With its dense columns coloured.
    pub fn heat(mut self, heat: Heat) -> Self {
        self.heat = Some(heat);
        self
    }

    /// With one more remark below it.
    pub fn note(mut self, note: impl Into<Phrase>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a row, of one cell per column.
    pub fn push(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        debug_assert_eq!(cells.len(), self.columns.len(), "a row of {}", self.name);
        for (column, cell) in self.columns.iter().zip(&cells) {
            debug_assert!(
                column.kind.takes(cell),
                "{}.{}: {cell:?} is no {:?}",
                self.name,
                column.key,
                column.kind
            );
        }
        self.rows.push(cells);
    }

    /// The columns of tables and Markdown.
    pub(super) fn for_people(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_for_people())
    }

    /// The columns of CSV and JSON.
    pub fn for_programs(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_for_programs())
    }

    /// The row's cells in tables and Markdown, exactly one per column.
    pub(super) fn cells_for_people<'a>(
        &'a self,
        row: &'a [Cell],
    ) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.cells(row).filter(|(column, _)| column.is_for_people())
    }

    /// The row's cells in CSV and JSON, exactly one per column.
    pub fn cells_for_programs<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.cells(row).filter(|(column, _)| column.is_for_programs())
    }

    fn cells<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        const NONE: &Cell = &Cell::Empty;
        self.columns.iter().zip(row.iter().chain(std::iter::repeat(NONE)))
    }
}

/// A part of a report, in the order people read it.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Lines that are already laid out, such as a chart or a log; for people only.
    Text(String),
    /// Rows.
    Table(Table),
}

/// What of a report programs get, in CSV and JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// The rows of the report's first table that has a name.
    Rows,
    /// One record of named values. In JSON the rows of each table that has a
    /// name follow under it, so those names must not be among the record's.
    Object(Vec<(String, Cell)>),
}

/// What a command has to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What people read.
    pub blocks: Vec<Block>,
    /// What programs get.
    pub payload: Payload,
}

impl Report {
    /// A report of rows, for programs those of its first named table.
    pub fn rows() -> Self {
        Report { blocks: Vec::new(), payload: Payload::Rows }
    }

    /// A report of one record, for programs these named values. People see
    /// only the blocks.
    pub fn object<K: Into<String>>(record: impl IntoIterator<Item = (K, Cell)>) -> Self {
        let record = record.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Report { blocks: Vec::new(), payload: Payload::Object(record) }
    }

    /// With one more table.
    pub fn table(mut self, table: Table) -> Self {
        self.blocks.push(Block::Table(table));
        self
    }

    /// With more lines that are already laid out.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// The tables that programs get: those with a name.
    pub fn named_tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table(table) if !table.name.is_empty() => Some(table),
            _ => None,
        })
    }
}

/// A report of one table's rows.
impl From<Table> for Report {
    fn from(table: Table) -> Self {
        Report::rows().table(table)
    }
}
