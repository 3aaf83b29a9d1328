//! The import of customers: staged lines become rows of `users`, all or none.

use chrono::{NaiveDate, NaiveDateTime};

use crate::calendar::{add_days, midnight};
use crate::import::error::ImportError;
use crate::import::importer::Importer;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::{Reading, Step};
use crate::import::spec::RecordKind;
use crate::import::stage::{LinesRead, cleaned_up, in_one_transaction};
use crate::store::{Store, StoreError};
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    kind: RecordKind::Users,
    stage: query!("import/users/stage_users.sql"),
    twice: "customer twice",
    matched: query!("import/users/match_users.sql"),
};

/// Customers to import.
#[derive(Clone, Debug, Default)]
pub struct UserImport {
    /// What to read, and what to do with lines that cannot be used and customers that are known.
    pub records: RecordImport,
    /// Columns of the source that are kept as they are, in `user_attributes`.
    pub keep_columns: Vec<String>,
    /// The file's clock afterwards; when not given, the midnight after the latest sign-up, if that is
    /// later than the file's.
    pub clock: Option<NaiveDateTime>,
}

impl From<Reading> for UserImport {
    /// All lines must be usable, and no customer known.
    fn from(reading: Reading) -> Self {
        UserImport { records: reading.into(), ..UserImport::default() }
    }
}

/// A line as it is understood; `None` is what the line does not say, or what
/// could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of `users`
pub struct MappedUser {
    pub customer: Option<String>,
    pub name: Option<String>,
    pub gender: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub region: Option<String>,
    pub status: Option<String>,
    pub marketing_agree: Option<bool>,
    pub grade: Option<String>,
    pub signed_up_at: Option<NaiveDateTime>,
}

/// What an import of customers did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserOutcome {
    /// What was read.
    pub read: LinesRead,
    /// What became of it.
    pub counts: RecordCounts,
    /// Sign-ups after the customer's first order, which were moved back to it.
    pub sign_ups_moved: i64,
    /// New customers of whom nothing told when they signed up: they count as signed up
    /// a day before the file's clock.
    pub sign_ups_untold: i64,
    /// Known customers whose grade differs from the line's and stayed, since the file has
    /// found its grades itself.
    pub grades_kept: i64,
    /// Values of kept columns that were written.
    pub attributes: i64,
    /// The file's clock before, if it had one.
    pub clock_before: Option<NaiveDateTime>,
    /// The file's clock now.
    pub clock: Option<NaiveDateTime>,
}

impl Importer<'_> {
    /// Reads the files and says what an import would make of them; writes nothing.
    pub fn preview_users(&mut self, request: &UserImport) -> Result<RecordPreview<MappedUser>, ImportError> {
        let store = self.store;
        let mut preview = || {
            let users = read(self, request)?;
            let mut preview = users.preview(store, query!("import/users/first_users.sql"), |row| {
                Ok(MappedUser {
                    customer: row.get(0)?,
                    name: row.get(1)?,
                    gender: row.get(2)?,
                    birth_date: row.get(3)?,
                    region: row.get(4)?,
                    status: row.get(5)?,
                    marketing_agree: row.get(6)?,
                    grade: row.get(7)?,
                    signed_up_at: row.get(8)?,
                })
            })?;
            preview.refused = plan(store, request.clock).err();
            Ok(preview)
        };
        cleaned_up(store, preview())
    }

    /// Imports customers, in one transaction. One known from orders alone is filled in.
    ///
    /// # Errors
    ///
    /// Nothing is written if any line cannot be used, unless such lines are skipped; if
    /// the file has been told of a customer already, unless that is settled; or if anything
    /// fails.
    pub fn users(&mut self, request: &UserImport) -> Result<UserOutcome, ImportError> {
        let store = self.store;
        let mut import = || {
            let mut users = read(self, request)?;
            let Importer { config, progress, .. } = self;
            in_one_transaction(
                store,
                &mut users,
                |users| &users.staged,
                |store, users| {
                    let (read, counts) = users.settle(store, &request.records)?;
                    progress(Step::Writing);
                    let outcome =
                        write(store, users, request, UserOutcome { read, counts, ..UserOutcome::default() })?;
                    remember_import(store, config)?;
                    outcome.clock.map_or(Ok(()), |clock| store.meta().advance_clock(clock))?;
                    Ok(outcome)
                },
            )
        };
        cleaned_up(store, import())
    }
}

fn read(importer: &mut Importer<'_>, request: &UserImport) -> Result<Records, ImportError> {
    let Importer { store, progress, .. } = importer;
    refuse_simulated(store)?;
    let mut users = Records::read(store, &request.records, STATEMENTS, &request.keep_columns, progress)?;
    let clock = request.clock.max(store.meta().clock()?);
    store.execute(query!("import/users/flag_future_births.sql"), named! { "clock": clock })?;
    users.staged.count(store)?;
    Ok(users)
}

/// What the sign-ups are like.
struct SignUps {
    moved: i64,
    untold: i64,
    latest: Option<NaiveDateTime>,
}

/// When the customers of `import_records` signed up, and the clock that sees them all.
fn plan(
    store: &Store,
    given_clock: Option<NaiveDateTime>,
) -> Result<(SignUps, Option<NaiveDateTime>), ImportError> {
    store.execute(query!("import/users/stage_sign_ups.sql"), &[])?;
    let sign_ups = store.row(query!("import/users/sign_up_facts.sql"), &[], |row| {
        Ok(SignUps { moved: row.get(0)?, untold: row.get(1)?, latest: row.get(2)? })
    })?;
    let clock = clock_after(store.meta().clock()?, given_clock, sign_ups.latest)?;
    if clock.is_none() && sign_ups.untold > 0 {
        return Err(ImportError::NoSignUps { count: sign_ups.untold });
    }
    Ok((sign_ups, clock))
}

fn write(
    store: &Store,
    users: &Records,
    request: &UserImport,
    outcome: UserOutcome,
) -> Result<UserOutcome, ImportError> {
    let clock_before = store.meta().clock()?;
    let (sign_ups, clock) = plan(store, request.clock)?;
    // The last day that the file tells of; an order that comes later moves it back.
    let untold = clock.map(|clock| clock - chrono::Duration::days(1));
    let grades_kept = write_rows(store, users, untold)?;
    let attributes = if request.keep_columns.is_empty() {
        0
    } else {
        store.execute(query!("import/users/forget_attributes.sql"), &[])?;
        store.execute(query!("import/users/write_attributes.sql"), &[])? as i64
    };
    Ok(UserOutcome {
        sign_ups_moved: sign_ups.moved,
        sign_ups_untold: sign_ups.untold,
        grades_kept,
        attributes,
        clock_before,
        clock,
        ..outcome
    })
}

/// Writes new customers, and known ones with what the lines say of them. Returns how many
/// grades stayed: once the file has found grades itself, its own history would
/// contradict another one.
fn write_rows(store: &Store, users: &Records, untold: Option<NaiveDateTime>) -> Result<i64, StoreError> {
    let gives = |column| users.staged.mapping.gives(column);
    let gives_grade = gives("grade");
    let (has_graded, other_grades): (bool, i64) =
        store.row(query!("import/users/other_grades.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let kept = if gives_grade && has_graded { other_grades } else { 0 };
    store.execute(
        query!("import/users/stage_users_to_write.sql"),
        named! {
            "name": gives("name"),
            "gender": gives("gender"),
            "birth_date": gives("birth_date"),
            "region": gives("region"),
            "status": gives("status"),
            "marketing_agree": gives("marketing_agree"),
            "grade": gives_grade && !has_graded,
            "untold": untold,
        },
    )?;
    store.execute(query!("import/users/take_users_out.sql"), &[])?;
    store.execute(query!("import/users/write_users.sql"), &[])?;
    Ok(kept)
}

/// The clock that the file shall have, which must see every sign-up.
fn clock_after(
    current: Option<NaiveDateTime>,
    given: Option<NaiveDateTime>,
    latest: Option<NaiveDateTime>,
) -> Result<Option<NaiveDateTime>, ImportError> {
    let Some(clock) = given else {
        let unseen = latest.filter(|latest| current.is_none_or(|clock| clock <= *latest));
        return Ok(unseen.map(|latest| midnight(add_days(latest.date(), 1))).or(current));
    };
    match (latest, current) {
        (Some(latest), _) if clock <= latest => Err(ImportError::ClockBeforeSignUp { clock, latest }),
        (_, Some(current)) if clock < current => Err(ImportError::ClockBack { clock, current }),
        _ => Ok(Some(clock)),
    }
}
