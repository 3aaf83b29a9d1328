//! Cohort LTV: all activities with their totals, one activity's months, triangles,
//! and when each paid back; what the open months are expected to bring.

mod activity;
mod expected;
mod options;
mod overlap;
mod payback;
mod pool;
mod rows;
mod series;
mod summary;
mod triangle;

pub use activity::{ActivityHead, ActivityMonth, ActivityMonths, activity_months};
pub use expected::{ExpectedMonths, expected_ltv};
pub use options::{GroupBy, ReportOptions, Selection, SortKey, channels};
pub use payback::paybacks;
pub use pool::{Measure, Pool, Value, payback_offset};
pub use rows::{PooledRow, mean, pooled_rows};
pub use series::{ActivitySeries, CohortState, MonthSums, activity_series};
pub use summary::{FewAcquired, Summary, SummaryFigures, SummaryRow, SummaryTotal, summary};
pub use triangle::{Triangle, triangle};
