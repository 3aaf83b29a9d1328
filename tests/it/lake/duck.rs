//! The lake's statements run on DuckDB, in the order in which the Spark job runs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{Duration, NaiveDateTime};
use lifecycle::calendar::subtract_months;
use lifecycle::config::{CohortSettings, GradeSettings};
use lifecycle::store::{Parameter, Query, Store};

/// The files of `queries/lake` by name, read at run time so that a mutation can change them.
#[derive(Clone)]
pub struct Statements(BTreeMap<String, String>);

impl Statements {
    pub fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/lake");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = |path: std::path::PathBuf| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        };
        Statements(files.map(named).collect())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn text(&self, name: &str) -> &str {
        &self.0[name]
    }

    /// The same with a passage of one file replaced; it must occur there.
    pub fn with(&self, file: &str, piece: &str, other: &str) -> Self {
        let mut changed = self.clone();
        let text = changed.0.get_mut(file).unwrap_or_else(|| panic!("there is no {file}.sql"));
        assert!(text.contains(piece), "{file}.sql does not say `{piece}`");
        *text = text.replace(piece, other);
        changed
    }
}

/// The bound up to which first orders are known before any run.
const BEGINNING: &str = "0001-01-01 00:00:00";

/// A lake with its state and results, as tables of a file in memory.
pub struct Duck {
    pub store: Store,
    statements: Statements,
    runs: i32,
}

type Parameters<'a> = Vec<(&'a str, &'a dyn Parameter)>;

impl Duck {
    /// A lake with the orders, users and activities of a file, and nothing computed.
    pub fn over(store: Store, statements: &Statements) -> Self {
        let duck = Duck { store, statements: statements.clone(), runs: 0 };
        duck.batch(&statements.0["macros.duckdb"]);
        duck.batch(
            "CREATE SCHEMA lake;
             CREATE TABLE lake.activities AS SELECT * FROM main.campaign_activities;
             CREATE TABLE lake.listed_members AS SELECT * FROM main.listed_customers;
             CREATE TABLE lake.users AS SELECT user_id, CAST(grade AS VARCHAR) AS grade, signed_up_at FROM main.users;
             CREATE TABLE lake.all_first_orders (run INTEGER, user_id BIGINT, order_id BIGINT, created_at TIMESTAMP, activity_id BIGINT);
             CREATE TABLE lake.frozen_cohorts (activity_id BIGINT);
             CREATE TABLE lake.members (activity_id BIGINT, user_id BIGINT, first_order_id BIGINT, first_order_at TIMESTAMP);
             CREATE TABLE lake.states (run INTEGER, activity_id BIGINT, user_id BIGINT, first_offset INTEGER, repeat_offset INTEGER);
             CREATE TABLE lake.stale_activities (activity_id BIGINT, from_offset INTEGER);
             CREATE TABLE lake.known (before TIMESTAMP);
             CREATE TABLE lake.known_changes (run INTEGER, as_of TIMESTAMP, user_id BIGINT, from_grade VARCHAR,
                 to_grade VARCHAR, amount DECIMAL(18, 2), orders BIGINT);
             CREATE TABLE lake.grade_runs (as_of TIMESTAMP, customers BIGINT, promoted BIGINT, demoted BIGINT, kept BIGINT,
                 vip BIGINT, gold BIGINT, silver BIGINT, bronze BIGINT);",
        );
        duck.push_orders();
        duck.batch(
            "CREATE TABLE lake.rows_of_runs AS
                 SELECT CAST(NULL AS INTEGER) AS run, * EXCLUDE (collected_at), collected_at FROM main.ltv_batch LIMIT 0;
             USE lake;",
        );
        duck
    }

    /// Takes over the orders as the file has them now.
    pub fn push_orders(&self) {
        self.batch(
            "CREATE OR REPLACE TABLE lake.orders AS
             SELECT order_id, user_id, activity_id, amount, CAST(status AS VARCHAR) AS status, created_at,
                 strftime(created_at, '%Y-%m') AS month
             FROM main.orders;",
        );
    }

    pub fn batch(&self, sql: &str) {
        self.store.execute_text("a test's statements", sql).unwrap();
    }

    /// Stores the result of a statement in a table with this name.
    fn define(&self, table: &str, statement: &str, parameters: Parameters<'_>) {
        let sql = format!("CREATE OR REPLACE TABLE {table} AS {}", self.statements.0[statement]);
        self.store.execute(Query::new("(the lake)", sql.leak()), &parameters).unwrap();
    }

    fn number(&self, sql: &str) -> i64 {
        self.store.rows_text("a test's question", sql, |row| row.get(0)).unwrap()[0]
    }

    fn instants<const N: usize>(&self, sql: &str) -> [Option<NaiveDateTime>; N] {
        let read = |row: &lifecycle::store::Row<'_>| {
            let mut instants = [None; N];
            for (position, instant) in instants.iter_mut().enumerate() {
                *instant = row.get(position)?;
            }
            Ok(instants)
        };
        self.store.rows_text("a test's question", sql, read).unwrap()[0]
    }

    /// Runs a statement over the slice of orders between two instants, if there is one.
    fn define_slice(&self, table: &str, statement: &str, from: &str, until: &str, bounds: &str) {
        let [start, end] = self.instants(bounds);
        let [nothing] = self.instants(&format!("SELECT TIMESTAMP '{BEGINNING}'"));
        let (start, end) = (start.or(nothing).unwrap(), end.or(nothing).unwrap());
        let (first, last) = folders(start, end);
        let parameters: Parameters<'_> =
            vec![(from, &start), (until, &end), ("first_month", &first), ("last_month", &last)];
        self.define(table, statement, parameters);
    }

    /// A run of the batch.
    pub fn cohort(&mut self, as_of: NaiveDateTime, settings: CohortSettings, lookback: u32) {
        self.runs += 1;
        self.define("written_rows", "written_rows", vec![]);
        self.batch("DELETE FROM stale_activities");
        if lookback > 0 {
            self.define("due_months", "checked_months", vec![("lookback", &lookback)]);
            self.define_member_slices();
            self.define("found_stale", "stale_activities", vec![]);
            self.batch("INSERT INTO stale_activities SELECT activity_id, from_offset FROM found_stale");
        }
        self.define("closed_windows", "closed_windows", vec![("as_of", &as_of)]);
        self.learn_first_orders(lookback);
        self.freeze();
        let margin = settings.gross_margin.to_string();
        let months = i64::from(settings.months);
        self.define("due_months", "due_months", vec![("as_of", &as_of), ("months", &months)]);
        self.define_member_slices();
        self.define("known_states", "known_states", vec![]);
        self.define("member_states", "member_states", vec![]);
        self.define("changed_states", "changed_states", vec![]);
        let parameters: Parameters<'_> = vec![("as_of", &as_of), ("gross_margin", &margin)];
        self.define("cohort_rows", "cohort_rows", parameters);
        self.batch(&format!(
            "INSERT INTO states SELECT {run}, activity_id, user_id, first_offset, repeat_offset FROM changed_states;
             INSERT INTO rows_of_runs BY NAME SELECT {run} AS run, * FROM cohort_rows;",
            run = self.runs
        ));
        self.define("written_rows", "written_rows", vec![]);
    }

    fn define_member_slices(&self) {
        let bounds = "SELECT min(month_start), max(month_end) FROM due_months";
        self.define_slice("member_slices", "member_slices", "slice_start", "slice_end", bounds);
    }

    fn learn_first_orders(&self, lookback: u32) {
        let bounds = "SELECT (SELECT max(before) FROM known), max(window_end) FROM closed_windows WHERE cohort = 'acquired'";
        let [known, until] = self.instants(bounds);
        self.batch(
            "CREATE OR REPLACE TABLE known_first_orders AS SELECT * EXCLUDE (run) FROM all_first_orders",
        );
        if let Some(until) = until.filter(|until| known.is_none_or(|known| known < *until)) {
            let from = known.map(|known| subtract_months(known, lookback));
            if let Some(from) = from {
                self.batch(&format!("DELETE FROM known_first_orders WHERE created_at >= TIMESTAMP '{from}'"));
            }
            let from = from.map_or_else(|| BEGINNING.to_owned(), |from| from.to_string());
            let bounds = format!("SELECT TIMESTAMP '{from}', TIMESTAMP '{until}'");
            self.define_slice("learned", "new_first_orders", "known_before", "before", &bounds);
            self.batch(&format!(
                "INSERT INTO known_first_orders SELECT * FROM learned;
                 CREATE OR REPLACE TABLE all_first_orders AS SELECT {} AS run, * FROM known_first_orders;
                 INSERT INTO known VALUES (TIMESTAMP '{until}');",
                self.runs
            ));
        }
        self.batch("CREATE OR REPLACE TABLE first_orders AS SELECT * FROM known_first_orders");
    }

    fn freeze(&self) {
        self.define("acquired", "acquired_members", vec![]);
        self.define("named", "members_of_lists", vec![]);
        let bounds = "SELECT min(start_at), max(window_end) FROM closed_windows WHERE cohort = 'touched'";
        self.define_slice("touched", "touched_members", "slice_start", "slice_end", bounds);
        self.batch(
            "INSERT INTO members SELECT * FROM acquired UNION ALL SELECT * FROM touched UNION ALL SELECT * FROM named;
             INSERT INTO frozen_cohorts SELECT activity_id FROM closed_windows;",
        );
    }

    /// How many rows and members differ from a recomputation from the orders.
    pub fn differences(&self, as_of: NaiveDateTime, settings: CohortSettings) -> (i64, i64) {
        self.batch(
            "CREATE OR REPLACE TABLE frozen_then AS FROM frozen_cohorts;
             CREATE OR REPLACE TABLE frozen_members AS FROM members;
             CREATE OR REPLACE TABLE rows_then AS FROM written_rows;
             DELETE FROM frozen_cohorts;
             DELETE FROM members;
             DELETE FROM written_rows;",
        );
        self.define("closed_windows", "closed_windows", vec![("as_of", &as_of)]);
        self.batch(
            "DELETE FROM closed_windows WHERE activity_id NOT IN (FROM frozen_then);
             CREATE OR REPLACE TABLE known_first_orders AS FROM first_orders LIMIT 0;",
        );
        let bounds = format!("SELECT TIMESTAMP '{BEGINNING}', max(window_end) FROM closed_windows");
        self.define_slice("first_orders", "new_first_orders", "known_before", "before", &bounds);
        self.freeze();
        self.batch(
            "CREATE OR REPLACE TABLE expected_members AS FROM members;
             CREATE OR REPLACE TABLE members AS FROM frozen_members;
             CREATE OR REPLACE TABLE frozen_cohorts AS FROM frozen_then;
             CREATE OR REPLACE TABLE written_rows AS FROM rows_then;",
        );
        self.define("member_differences", "member_differences", vec![]);
        self.batch(
            "DELETE FROM stale_activities;
             INSERT INTO stale_activities SELECT DISTINCT activity_id, 0 FROM written_rows;",
        );
        let margin = settings.gross_margin.to_string();
        let months = i64::from(settings.months);
        self.define("due_months", "due_months", vec![("as_of", &as_of), ("months", &months)]);
        self.define_member_slices();
        self.define("known_states", "known_states", vec![]);
        self.define("member_states", "member_states", vec![]);
        self.define("changed_states", "changed_states", vec![]);
        let parameters: Parameters<'_> = vec![("as_of", &as_of), ("gross_margin", &margin)];
        self.define("expected_rows", "cohort_rows", parameters);
        self.define("row_differences", "row_differences", vec![]);
        let rows = self.number("SELECT count(*) FROM row_differences");
        let members = self.number(
            "SELECT (SELECT count(*) FROM member_differences) + (SELECT count(*) FROM changed_states)",
        );
        (rows, members)
    }

    /// A grade update.
    pub fn grades(&mut self, as_of: NaiveDateTime, settings: &GradeSettings) {
        self.runs += 1;
        let window_start = subtract_months(as_of, settings.window_months);
        self.define("held_grades", "held_grades", vec![("as_of", &as_of)]);
        self.define_by_criteria("earned_grades", "window_start", window_start, as_of, settings);
        self.batch("CREATE OR REPLACE TABLE grace_days (days_back INTEGER, window_start TIMESTAMP, window_end TIMESTAMP)");
        let mut first_start = window_start;
        for back in 0..=i64::from(settings.demotion_grace_days) {
            let end = as_of - Duration::days(back);
            let start = subtract_months(end, settings.window_months);
            first_start = first_start.min(start);
            self.batch(&format!(
                "INSERT INTO grace_days VALUES ({back}, TIMESTAMP '{start}', TIMESTAMP '{end}')"
            ));
        }
        self.define_by_criteria("graced_grades", "first_window_start", first_start, as_of, settings);
        let steps_down = if settings.one_step_demotion { 1i64 } else { 3 };
        self.define("graded", "graded", vec![("steps_down", &steps_down)]);
        self.define("changes", "grade_changes", vec![("as_of", &as_of)]);
        self.define("run", "grade_run", vec![("as_of", &as_of)]);
        self.batch(&format!(
            "INSERT INTO known_changes BY NAME SELECT {} AS run, * FROM changes; INSERT INTO grade_runs FROM run;",
            self.runs
        ));
    }

    fn define_by_criteria(
        &self,
        name: &str,
        from: &str,
        start: NaiveDateTime,
        as_of: NaiveDateTime,
        settings: &GradeSettings,
    ) {
        let (first, last) = folders(start, as_of);
        let parameters: Parameters<'_> = vec![
            (from, &start),
            ("as_of", &as_of),
            ("first_month", &first),
            ("last_month", &last),
            ("vip_amount", &settings.vip.min_amount),
            ("vip_orders", &settings.vip.min_orders),
            ("gold_amount", &settings.gold.min_amount),
            ("gold_orders", &settings.gold.min_orders),
            ("silver_amount", &settings.silver.min_amount),
            ("silver_orders", &settings.silver.min_orders),
        ];
        self.define(name, name, parameters);
    }
}

/// The months of the first and the last folder that a slice lies in.
fn folders(start: NaiveDateTime, end: NaiveDateTime) -> (String, String) {
    let last = if end > start { end - Duration::microseconds(1) } else { end };
    (start.format("%Y-%m").to_string(), last.format("%Y-%m").to_string())
}
