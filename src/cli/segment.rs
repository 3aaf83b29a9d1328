//! `--where` and `--by` over what is known of customers.

use chrono::NaiveDateTime;
use clap::Args;

use lifecycle::render::Phrase;
use lifecycle::segment::{Segment, SegmentError, StagedSegment};
use lifecycle::store::Store;

use super::error::CommandError;

/// Which customers a report is of.
#[derive(Clone, Debug, Default, Args)]
pub struct SegmentArgs {
    /// Only customers for whom this holds: "region = 'Seoul' AND tier = 'gold'"
    ///
    /// An SQL expression over the columns of users (region, gender, birth_date, status, marketing_agree,
    /// grade, signed_up_at, ...), age_group (10s to 50+), and the columns that `import users --keep-column` kept.
    #[arg(long = "where", value_name = "EXPR")]
    pub filter: Option<String>,
}

impl SegmentArgs {
    /// Finds the customers, if not all are wanted, told apart by `label` if there is one.
    pub fn stage(
        &self,
        store: &Store,
        label: Option<&str>,
        as_of: NaiveDateTime,
    ) -> Result<Option<StagedSegment>, CommandError> {
        let segment = Segment { filter: self.filter.clone(), label: label.map(str::to_owned) };
        Ok(if segment.is_everyone() { None } else { Some(segment.stage(store, as_of)?) })
    }

    /// What a table of these customers says of itself.
    pub fn note(&self, staged: StagedSegment) -> Option<Phrase> {
        let filter = self.filter.as_deref()?;
        Some(
            Phrase::new("Only the {customers} customers for whom {filter}.")
                .with("customers", staged.customers)
                .with("filter", filter),
        )
    }
}

impl From<SegmentError> for CommandError {
    fn from(error: SegmentError) -> Self {
        match error {
            SegmentError::Store(error) => error.into(),
            SegmentError::BadExpression { ref columns, .. } => {
                let hint = format!("the columns are {}", columns.join(", "));
                CommandError::usage(error).hint(hint)
            }
            SegmentError::Nobody { .. } => CommandError::failed(error).hint(
                "texts are compared with their case; `lifecycle query \"FROM users\"` shows what there is",
            ),
        }
    }
}
