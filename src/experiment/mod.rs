//! Experiments: two cohorts compared, member by member.
//!
//! Each member's sums of a month are one observation, zeros too. Differences of their means get a 95 % interval:
//! Welch's, or a bootstrap for revenue, whose tail is heavy. Nothing here touches `ltv_batch`: the
//! sums come from the members' orders.

mod bootstrap;
mod interval;
mod sample;
mod welch;

use chrono::NaiveDateTime;

pub use bootstrap::{Bootstrap, bootstrap};
pub use interval::{Comparison, Interval, Method};
pub use sample::{Figure, Sample};
pub use welch::welch;

use crate::calendar::add_months;
use crate::config::CohortSettings;
use crate::money::Money;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// One of the two cohorts.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Who its cohort is: `acquired`, `touched` or `listed`.
    pub cohort: String,
    /// When its first month began.
    pub start_at: NaiveDateTime,
    /// Members.
    pub size: i64,
    /// Its budget.
    pub budget: Option<Money>,
}

/// What is compared how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExperimentOptions {
    /// Months that have closed before this instant.
    pub as_of: NaiveDateTime,
    /// How the intervals are made.
    pub method: Method,
    /// Whether customers may be members of both cohorts.
    pub allow_overlap: bool,
}

/// Two cohorts compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The first.
    pub a: Arm,
    /// The second.
    pub b: Arm,
    /// Customers who are members of both.
    pub in_both: i64,
    /// Months from each cohort's start that have closed in both.
    pub months: u32,
    /// How the intervals were made.
    pub method: Method,
    /// By figure and month, A less B; after the months, all of them together.
    pub figures: Vec<FigureComparison>,
    /// The margin on all months' revenue less the budget, by member: of A and of B.
    pub profit_per_member: (Option<Money>, Option<Money>),
}

/// A figure of a month, compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FigureComparison {
    /// The month's offset; `None` for all months together.
    pub offset: Option<u32>,
    /// What is compared.
    pub figure: Figure,
    /// A, B, and A less B with its interval.
    pub comparison: Comparison,
}

/// The reason why two cohorts cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// There is no such activity.
    #[error("there is no activity `{name}`")]
    NoActivity {
        /// The number, id or name.
        name: String,
    },
    /// Several activities bear the name.
    #[error("{} activities are named `{name}`: {}", ids.len(),
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// Their numbers.
        ids: Vec<i64>,
    },
    /// Both are the same activity.
    #[error("activity {activity_id} cannot be compared with itself")]
    Same {
        /// The activity.
        activity_id: i64,
    },
    /// A cohort has no members.
    #[error("activity {activity_id}, `{name}`, has no frozen members")]
    NoMembers {
        /// The activity.
        activity_id: i64,
        /// Its name.
        name: String,
    },
    /// No month has closed in both.
    #[error("no month has closed in both cohorts: the first of them closes {}", closes.date())]
    NoClosedMonth {
        /// When the later first month closes.
        closes: NaiveDateTime,
    },
    /// Customers are members of both.
    #[error("{customers} customers are in both cohorts, among them {}",
        first.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Overlap {
        /// How many.
        customers: i64,
        /// The first of them.
        first: Vec<i64>,
    },
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many customers in both cohorts are named.
const MOST_NAMED: usize = 5;

/// Compares the cohorts of two activities, each given by its number, the shop's own id, or its name.
pub fn compare(
    store: &Store,
    settings: &CohortSettings,
    a: &str,
    b: &str,
    options: ExperimentOptions,
) -> Result<Experiment, ExperimentError> {
    let (a, b) = (find_arm(store, a)?, find_arm(store, b)?);
    if a.activity_id == b.activity_id {
        return Err(ExperimentError::Same { activity_id: a.activity_id });
    }
    let both: Vec<i64> = store.rows(
        query!("experiment/members_of_both.sql"),
        named! { "a": a.activity_id, "b": b.activity_id },
        |row| row.get(0),
    )?;
    if !both.is_empty() && !options.allow_overlap {
        let first = both.iter().take(MOST_NAMED).copied().collect();
        return Err(ExperimentError::Overlap { customers: both.len() as i64, first });
    }
    let later = a.start_at.max(b.start_at);
    let closed = (1..=settings.months).take_while(|months| add_months(later, *months) <= options.as_of);
    let months = closed.count() as u32;
    if months == 0 {
        return Err(ExperimentError::NoClosedMonth { closes: add_months(later, 1) });
    }
    let samples = (read_sample(store, &a, months)?, read_sample(store, &b, months)?);
    let figures = compare_figures(&samples.0, &samples.1, options.method);
    let profit = |arm: &Arm, sample: &Sample| {
        let earned = settings.gross_margin.of(sample.revenue());
        (earned - arm.budget.unwrap_or_default()).divided_by(arm.size)
    };
    Ok(Experiment {
        profit_per_member: (profit(&a, &samples.0), profit(&b, &samples.1)),
        in_both: both.len() as i64,
        a,
        b,
        months,
        method: options.method,
        figures,
    })
}

/// Every figure of every month, and of all months together.
fn compare_figures(a: &Sample, b: &Sample, method: Method) -> Vec<FigureComparison> {
    let months = a.months();
    let columns: Vec<(Option<u32>, Figure)> = (0..months)
        .map(Some)
        .chain([None])
        .flat_map(|offset| Figure::ALL.iter().map(move |figure| (offset, *figure)))
        .collect();
    let resampled = match method {
        Method::Welch => None,
        Method::Bootstrap(bootstrap) => Some(self::bootstrap(a, b, bootstrap)),
    };
    columns
        .into_iter()
        .enumerate()
        .map(|(column, (offset, figure))| {
            let (of_a, of_b) = (a.moments(offset, figure), b.moments(offset, figure));
            let interval = match &resampled {
                None => welch(of_a, of_b),
                Some(intervals) => intervals[column],
            };
            let comparison = Comparison { a: of_a.mean, b: of_b.mean, interval };
            FigureComparison { offset, figure, comparison }
        })
        .collect()
}

fn find_arm(store: &Store, name: &str) -> Result<Arm, ExperimentError> {
    let number: Option<i64> = name.trim().parse().ok();
    let found =
        store.rows(query!("experiment/arms.sql"), named! { "activity_id": number, "name": name }, |row| {
            Ok(Arm {
                activity_id: row.get("activity_id")?,
                name: row.get("name")?,
                cohort: row.get("cohort")?,
                start_at: row.get("start_at")?,
                size: row.get("size")?,
                budget: row.get("budget")?,
            })
        })?;
    // A number is an id before it is a name.
    let by_id = found.iter().find(|arm| Some(arm.activity_id) == number).cloned();
    let arm = match (by_id, found.len()) {
        (Some(arm), _) => arm,
        (None, 0) => return Err(ExperimentError::NoActivity { name: name.to_owned() }),
        (None, 1) => found[0].clone(),
        (None, _) => {
            let ids = found.iter().map(|arm| arm.activity_id).collect();
            return Err(ExperimentError::Ambiguous { name: name.to_owned(), ids });
        }
    };
    if arm.size == 0 {
        return Err(ExperimentError::NoMembers { activity_id: arm.activity_id, name: arm.name });
    }
    Ok(arm)
}

fn read_sample(store: &Store, arm: &Arm, months: u32) -> Result<Sample, ExperimentError> {
    let mut sample = Sample::new(usize::try_from(arm.size).unwrap_or_default(), months);
    let bounds = named! {
        "activity_id": arm.activity_id,
        "from": arm.start_at,
        "until": add_months(arm.start_at, months),
    };
    let mut last: Option<i64> = None;
    store.each(query!("experiment/member_months.sql"), bounds, |row| {
        let user_id: i64 = row.get("user_id")?;
        if last != Some(user_id) {
            sample.begin_member();
            last = Some(user_id);
        }
        sample.push(row.get("month_offset")?, row.get("revenue")?, row.get("orders")?);
        Ok(())
    })?;
    Ok(sample)
}
