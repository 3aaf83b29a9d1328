//! Grades over time: the mix at each update, and transitions between grades.

use chrono::NaiveDateTime;

use crate::calendar::{BEGINNING, format_instant};
use crate::domain::Grade;
use crate::grades::{
    GradeRun, GradeTransitions, GradeUpdate, Migration, migration, runs_between, runs_of_segment,
};
use crate::render::{Cell, Column, Kind, Phrase, Report, Table, sparkline};
use crate::segment::StagedSegment;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// The updates of a span and the migration over it.
#[derive(Clone, Debug, PartialEq)]
pub struct GradeHistory {
    /// The updates, in order.
    pub runs: Vec<GradeRun>,
    /// The migration and its two instants; `None` without an update to start from.
    pub migration: Option<(NaiveDateTime, NaiveDateTime, Migration)>,
}

/// The updates from an instant on (from the first one, without it) up to an instant; one at `to` itself has taken
/// effect by then. Of a segment they are counted over its customers, as `grade_changes` tells.
pub fn grade_history(
    store: &Store,
    from: Option<NaiveDateTime>,
    to: NaiveDateTime,
    segment: Option<StagedSegment>,
) -> Result<GradeHistory, StoreError> {
    let (start, after_to) = (from.unwrap_or(BEGINNING), to + chrono::Duration::microseconds(1));
    let runs = match segment {
        None => runs_between(store, start, after_to)?,
        Some(segment) => runs_of_segment(store, start, after_to, segment)?,
    };
    let since = from.or_else(|| runs.first().map(|run| run.as_of));
    let migration = match since {
        Some(since) => Some((since, to, migration(store, since, to, segment)?)),
        None => None,
    };
    Ok(GradeHistory { runs, migration })
}

/// How many customers of a label of the segment hold each grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentMix {
    /// The label.
    pub label: String,
    /// Its customers.
    pub customers: i64,
    /// Those of them who hold each grade, in the order of [`Grade::ALL`].
    pub holding: [i64; 4],
}

/// The mix of each label's customers at an instant, by label.
pub fn segment_mix(
    store: &Store,
    as_of: NaiveDateTime,
    _segment: StagedSegment,
) -> Result<Vec<SegmentMix>, StoreError> {
    store.rows(query!("segment/grade_mix.sql"), named! { "as_of": as_of }, |row| {
        let mut holding = [0; 4];
        for grade in Grade::ALL {
            holding[grade.index()] = row.get(grade.as_str().to_lowercase().as_str())?;
        }
        Ok(SegmentMix { label: row.get("label")?, customers: row.get("customers")?, holding })
    })
}

/// The mix of each label as a table, with everybody's below.
pub fn segment_mix_table(as_of: NaiveDateTime, mixes: &[SegmentMix]) -> Table {
    let cells = |label: &str, customers: i64, holding: [i64; 4]| {
        let mut cells = vec![Cell::from(label), Cell::Int(customers)];
        cells.extend(ladder().map(|grade| Cell::Int(holding[grade.index()])));
        cells.extend(ladder().map(|grade| match customers {
            0 => Cell::Empty,
            _ => Cell::Percent(100.0 * holding[grade.index()] as f64 / customers as f64),
        }));
        cells
    };
    let mut all = [0; 4];
    for mix in mixes {
        all.iter_mut().zip(mix.holding).for_each(|(sum, count)| *sum += count);
    }
    Table::new("segments")
        .title(Phrase::new("Grades of each segment on {day}").with("day", format_instant(as_of)))
        .column(Column::new(Kind::Text, "segment", "Segment"))
        .column(Column::new(Kind::Count, "customers", "Customers").unit("customers"))
        .columns(grade_columns())
        .columns(share_columns())
        .rows(mixes.iter().map(|mix| cells(&mix.label, mix.customers, mix.holding)))
        .total(cells("All", all.iter().sum(), all))
}

impl GradeHistory {
    /// The history as a report: a row per update, a line per grade, and the migration.
    pub fn report(&self) -> Report {
        let report = Report::rows().table(self.runs_table()).text(self.chart());
        match &self.migration {
            Some((from, to, migration)) => report.table(migration_table(*from, *to, migration)),
            None => report,
        }
    }

    /// A row per update.
    pub fn runs_table(&self) -> Table {
        let customers = |key: &'static str, heading: &'static str| {
            Column::new(Kind::Count, key, heading).unit("customers")
        };
        let mut table = Table::new("runs")
            .title("Grades at each update")
            .column(Column::new(Kind::Id, "run_id", "Run").rank(2))
            .column(Column::new(Kind::Instant, "as_of", "As of"))
            .column(customers("customers", "Customers").rank(1))
            .column(customers("promoted", "Promoted"))
            .column(customers("demoted", "Demoted"))
            .column(customers("kept", "Kept").rank(3))
            .columns(grade_columns());
        for run in &self.runs {
            let mut cells = vec![
                Cell::Id(run.run_id),
                Cell::Timestamp(run.as_of),
                Cell::Int(run.customers),
                Cell::Int(run.promoted),
                Cell::Int(run.demoted),
                Cell::Int(run.kept),
            ];
            cells.extend(ladder().map(|grade| Cell::Int(run.holding(grade))));
            table.push(cells);
        }
        table
    }

    /// A line per grade, with as many runs as fit.
    fn chart(&self) -> String {
        if self.runs.len() < 2 {
            return String::new();
        }
        let step = self.runs.len().div_ceil(CHART_POINTS);
        let lines = ladder().map(|grade| {
            let held = self.runs.iter().map(|run| run.holding(grade));
            let values: Vec<f64> = held.clone().step_by(step).map(|count| count as f64).collect();
            let (least, most) = (held.clone().min().unwrap_or(0), held.max().unwrap_or(0));
            format!("{:<7}{}  {least} to {most}", grade.as_str(), sparkline(&values))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The maximum number of points of a chart.
const CHART_POINTS: usize = 60;

/// The grades, the highest first.
fn ladder() -> impl Iterator<Item = Grade> {
    Grade::ALL.iter().rev().copied()
}

/// A column of customers for each grade.
fn grade_columns() -> Vec<Column> {
    ladder()
        .map(|grade| {
            Column::new(Kind::Count, grade.as_str().to_lowercase(), grade.as_str()).unit("customers")
        })
        .collect()
}

/// A column of percents for each grade.
fn share_columns() -> Vec<Column> {
    ladder()
        .map(|grade| {
            let key = format!("{}_pct", grade.as_str().to_lowercase());
            Column::new(Kind::Percent, key, format!("{grade} %")).rank(1)
        })
        .collect()
}

fn migration_table(from: NaiveDateTime, to: NaiveDateTime, migration: &Migration) -> Table {
    let row_of = |label: &str, counts: Vec<i64>| {
        let sum: i64 = counts.iter().sum();
        let mut cells = vec![Cell::from(label), Cell::Int(sum)];
        cells.extend(counts.iter().map(|count| Cell::Int(*count)));
        cells.extend(counts.iter().map(|count| match sum {
            0 => Cell::Empty,
            sum => Cell::Percent(100.0 * *count as f64 / sum as f64),
        }));
        cells
    };
    let mut table = Table::new("migration")
        .title(format!("Migration from {} (down) to {} (across)", format_instant(from), format_instant(to)))
        .column(Column::new(Kind::Text, "from_grade", "From"))
        .column(Column::new(Kind::Count, "customers", "Customers").unit("customers"))
        .columns(grade_columns())
        .columns(share_columns());
    for from in ladder() {
        table.push(row_of(from.as_str(), ladder().map(|to| migration.transitions.get(from, to)).collect()));
    }
    table.push(row_of("new", ladder().map(|to| migration.newcomers[to.index()]).collect()));
    table
}

/// The number of customers by grade before and after an update.
pub fn distribution_table(update: &GradeUpdate) -> Table {
    let transitions = &update.transitions;
    let customers = transitions.customers();
    let share = |count: i64| Cell::Percent(100.0 * count as f64 / customers as f64);
    let counted =
        |key: &'static str, heading: &'static str| Column::new(Kind::Count, key, heading).unit("customers");
    Table::new("distribution")
        .title("Distribution")
        .column(Column::new(Kind::Text, "grade", "Grade"))
        .column(counted("before", "Before"))
        .column(counted("after", "After"))
        .column(counted("change", "Change"))
        .column(Column::new(Kind::Percent, "share", "Share"))
        .rows(ladder().map(|grade| {
            let (before, after) = (transitions.before(grade), transitions.after(grade));
            vec![
                Cell::from(grade.as_str()),
                Cell::Int(before),
                Cell::Int(after),
                Cell::Int(after - before),
                share(after),
            ]
        }))
        .total(vec![
            Cell::from("All"),
            Cell::Int(customers),
            Cell::Int(customers),
            Cell::Int(0),
            share(customers),
        ])
}

/// A matrix of counts, from (down) to (across).
pub fn transition_table(name: &str, title: &str, transitions: &GradeTransitions) -> Table {
    Table::new(name)
        .title(title)
        .column(Column::new(Kind::Text, "from_grade", "From"))
        .columns(grade_columns())
        .rows(ladder().map(|from| {
            let mut cells = vec![Cell::from(from.as_str())];
            cells.extend(ladder().map(|to| Cell::Int(transitions.get(from, to))));
            cells
        }))
}
