//! The import of customers: staged lines become rows of `users`, all or none.

use chrono::{NaiveDate, NaiveDateTime};

use super::column::UserColumn;
use crate::calendar::{add_days, midnight};
use crate::config::Config;
use crate::import::error::ImportError;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::{Progress, Step};
use crate::import::stage::{LinesRead, cleaned_up, concluded};
use crate::store::{Store, StoreError};
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    stage: query!("import/stage_users.sql"),
    twice: "customer twice",
    matched: query!("import/match_users.sql"),
};

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
    /// The file's clock before, if it had one.
    pub clock_before: Option<NaiveDateTime>,
    /// The file's clock now.
    pub clock: Option<NaiveDateTime>,
}

/// Reads the files and says what an import would make of them; writes nothing.
/// `clock` is as for [`import_users`].
pub fn preview_users(
    store: &Store,
    request: &RecordImport,
    clock: Option<NaiveDateTime>,
    progress: Progress<'_>,
) -> Result<RecordPreview<MappedUser>, ImportError> {
    let mut preview = || {
        let users = read(store, request, clock, progress)?;
        users.preview(store, query!("import/first_users.sql"), |row| {
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
        })
    };
    cleaned_up(store, preview())
}

/// Imports customers, in one transaction. One known from orders alone is filled in.
/// `clock` is the file's clock afterwards; when not given, the midnight after the latest
/// sign-up, if that is later than the file's. `config` is recorded in a file that holds
/// no data yet.
///
/// # Errors
///
/// Nothing is written if any line cannot be used, unless such lines are skipped; if
/// the file has been told of a customer already, unless that is settled; or if anything
/// fails.
pub fn import_users(
    store: &Store,
    config: &Config,
    request: &RecordImport,
    clock: Option<NaiveDateTime>,
    progress: Progress<'_>,
) -> Result<UserOutcome, ImportError> {
    let mut import = || {
        let mut users = read(store, request, clock, progress)?;
        store.transaction(|store| {
            let (read, counts) = users.settle(store, request)?;
            progress(Step::Writing);
            write(store, config, &users, clock, UserOutcome { read, counts, ..UserOutcome::default() })
        })
    };
    concluded(store, &request.bad_lines, import())
}

fn read(
    store: &Store,
    request: &RecordImport,
    clock: Option<NaiveDateTime>,
    progress: Progress<'_>,
) -> Result<Records<UserColumn>, ImportError> {
    refuse_simulated(store)?;
    let mut users = Records::read(store, request, STATEMENTS, &[], progress)?;
    let clock = clock.max(store.meta().clock()?);
    store.execute(query!("import/flag_future_births.sql"), named! { "clock": clock })?;
    users.staged.count(store)?;
    Ok(users)
}

/// What the sign-ups are like.
struct SignUps {
    moved: i64,
    untold: i64,
    latest: Option<NaiveDateTime>,
}

fn write(
    store: &Store,
    config: &Config,
    users: &Records<UserColumn>,
    given_clock: Option<NaiveDateTime>,
    outcome: UserOutcome,
) -> Result<UserOutcome, ImportError> {
    store.execute(query!("import/stage_sign_ups.sql"), &[])?;
    let sign_ups = store.row(query!("import/sign_up_facts.sql"), &[], |row| {
        Ok(SignUps { moved: row.get(0)?, untold: row.get(1)?, latest: row.get(2)? })
    })?;
    let clock_before = store.meta().clock()?;
    let clock = clock_after(clock_before, given_clock, sign_ups.latest)?;
    if clock.is_none() && sign_ups.untold > 0 {
        return Err(ImportError::NoSignUps { count: sign_ups.untold });
    }
    // The last day that the file tells of; an order that comes later moves it back.
    let untold = clock.map(|clock| clock - chrono::Duration::days(1));
    let grades_kept = write_rows(store, users, untold)?;
    remember_import(store, config)?;
    if let Some(clock) = clock {
        store.meta().advance_clock(clock)?;
    }
    Ok(UserOutcome {
        sign_ups_moved: sign_ups.moved,
        sign_ups_untold: sign_ups.untold,
        grades_kept,
        clock_before,
        clock,
        ..outcome
    })
}

/// Writes new customers, and known ones with what the lines say of them. Returns how many
/// grades stayed: once the file has found grades itself, its own history would
/// contradict another one.
fn write_rows(
    store: &Store,
    users: &Records<UserColumn>,
    untold: Option<NaiveDateTime>,
) -> Result<i64, StoreError> {
    let gives = |column| users.staged.mapping.gives(column);
    let gives_grade = gives(UserColumn::Grade);
    let has_graded: bool = store.row(query!("import/holds_grade_runs.sql"), &[], |row| row.get(0))?;
    let kept = if gives_grade && has_graded {
        store.row(query!("import/other_grades.sql"), &[], |row| row.get(0))?
    } else {
        0
    };
    store.execute(
        query!("import/stage_users_to_write.sql"),
        named! {
            "name": gives(UserColumn::Name),
            "gender": gives(UserColumn::Gender),
            "birth_date": gives(UserColumn::BirthDate),
            "region": gives(UserColumn::Region),
            "status": gives(UserColumn::Status),
            "marketing_agree": gives(UserColumn::MarketingAgree),
            "grade": gives_grade && !has_graded,
            "untold": untold,
        },
    )?;
    store.execute(query!("import/take_users_out.sql"), &[])?;
    store.execute(query!("import/write_users.sql"), &[])?;
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
