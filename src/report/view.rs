//! The exportable reports, by name.

use chrono::NaiveDateTime;

use super::cohort::{Measure, ReportOptions, paybacks, summary, triangle};
use super::grades::grade_history;
use super::outlook::{at_risk_table, gap_table};
use super::products::{product_sales, product_table};
use crate::config::Config;
use crate::grades::{GapQuestion, at_risk, gaps};
use crate::render::Table;
use crate::store::{Store, StoreError};

/// How many days [`ReportView::AtRisk`] looks ahead.
pub const RISK_DAYS: u32 = 30;

/// An exportable report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportView {
    /// Every activity as of its last month.
    Cohort,
    /// A measure of every activity and month.
    Triangle(Measure),
    /// When each activity broke even.
    Payback,
    /// A row per grade update.
    GradeRuns,
    /// The customers demoted within [`RISK_DAYS`] days.
    AtRisk,
    /// What each customer lacks for the next grade.
    Gap,
    /// The sales of each product.
    Products,
}

impl ReportView {
    /// All reports with their names.
    pub const ALL: &'static [(&'static str, ReportView)] = &[
        ("cohort", ReportView::Cohort),
        ("cohort:ltv", ReportView::Triangle(Measure::Ltv)),
        ("cohort:revenue", ReportView::Triangle(Measure::Revenue)),
        ("cohort:retention", ReportView::Triangle(Measure::Retention)),
        ("cohort:orders", ReportView::Triangle(Measure::Orders)),
        ("cohort:repeat", ReportView::Triangle(Measure::Repeat)),
        ("cohort:ratio", ReportView::Triangle(Measure::Ratio)),
        ("cohort:profit", ReportView::Triangle(Measure::Profit)),
        ("cohort:payback", ReportView::Payback),
        ("grades:report", ReportView::GradeRuns),
        ("grades:gap", ReportView::Gap),
        ("grades:at-risk", ReportView::AtRisk),
        ("products:sales", ReportView::Products),
    ];

    /// The report with a name.
    pub fn named(name: &str) -> Option<Self> {
        ReportView::ALL.iter().find(|(known, _)| *known == name).map(|(_, view)| *view)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        ReportView::ALL.iter().find(|(_, view)| *view == self).map_or("", |(name, _)| name)
    }

    /// The report as of an instant, with all its rows.
    pub fn table(self, store: &Store, config: &Config, as_of: NaiveDateTime) -> Result<Table, StoreError> {
        let options = ReportOptions::as_of(as_of);
        match self {
            ReportView::Cohort => Ok(summary(store, &config.cohort, &options)?.table()),
            ReportView::Triangle(measure) => Ok(triangle(store, &config.cohort, &options, measure)?.table()),
            ReportView::Payback => paybacks(store, &config.cohort, &options, None),
            ReportView::GradeRuns => Ok(grade_history(store, None, as_of, None)?.runs_table()),
            ReportView::AtRisk => {
                Ok(at_risk_table(&at_risk(store, as_of, &config.grades, RISK_DAYS, i64::MAX)?, RISK_DAYS))
            }
            ReportView::Products => Ok(product_table(&product_sales(store, as_of, i64::MAX)?)),
            ReportView::Gap => {
                let everybody = GapQuestion { limit: i64::MAX, ..GapQuestion::default() };
                Ok(gap_table(&gaps(store, as_of, &config.grades, everybody)?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::render::Kind;
    use crate::store::OpenOptions;

    #[test]
    fn every_report_is_found_by_its_name_and_declares_its_columns() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let as_of = parse_instant("2025-01-01").unwrap();
        for (name, view) in ReportView::ALL {
            assert_eq!((ReportView::named(name), view.name()), (Some(*view), *name));
            let table = view.table(&store, &Config::default(), as_of).unwrap();
            for column in &table.columns {
                assert_ne!(column.kind, Kind::Any, "{name}: {}", column.key);
            }
        }
        assert_eq!(ReportView::named("cohort:"), None);
    }
}
