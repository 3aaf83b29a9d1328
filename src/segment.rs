//! A part of the customers, by an expression over what is known of them: the columns of `users`, their age group,
//! and what their files said besides (`user_attributes`).
//!
//! Reports take a segment in two ways: as a filter (`region = 'Seoul'`), and as a label that makes their rows
//! (`region`). Both are expressions of the engine's SQL that compute one value from one customer.

use chrono::NaiveDateTime;

use crate::statements::{ExpressionError, check_condition, check_over};
use crate::store::{Store, StoreError, quote_identifier, quote_literal};
use crate::{named, query};

/// The label of customers of whom the value is not known.
pub const UNKNOWN: &str = "unknown";

/// Which customers, and by what they are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// Those for whom this is true; all without it.
    pub filter: Option<String>,
    /// What makes a report's rows; `None` keeps them together.
    pub label: Option<String>,
}

/// Why a segment cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// An expression is not one over the columns of a customer.
    #[error("`{expression}` cannot be used: {message}")]
    BadExpression {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        message: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// The filter holds for nobody.
    #[error("no customer matches `{filter}`")]
    Nobody {
        /// The filter.
        filter: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Proof that a segment's customers are in this connection's temporary table `segment_customers` (`user_id`, `label`),
/// for statements that take `$of_segment`. Staging another replaces them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagedSegment {
    /// How many customers it has.
    pub customers: i64,
}

/// What `$of_segment` is in a statement that can keep to a staged segment: whether there is one.
/// `segment_customers` is there to be named either way.
pub fn of_segment(store: &Store, segment: Option<StagedSegment>) -> Result<bool, StoreError> {
    if segment.is_none() {
        store.execute(query!("segment/nobody.sql"), &[])?;
    }
    Ok(segment.is_some())
}

impl Segment {
    /// Whether it is all customers, together.
    pub fn is_everyone(&self) -> bool {
        self.filter.is_none() && self.label.is_none()
    }

    /// Finds the customers as they are known now, of the age that they have at `as_of`.
    ///
    /// # Errors
    ///
    /// An expression must compute one value from one customer, without a subquery, an aggregate, or a function
    /// with side effects. A filter that holds for nobody is an error, too: it is more often a slip than a result.
    pub fn stage(&self, store: &Store, as_of: NaiveDateTime) -> Result<StagedSegment, SegmentError> {
        let attributes = stage_facts(store, as_of)?;
        let facts = facts(&attributes);
        type Check = fn(&Store, &str, &str) -> Result<(), ExpressionError>;
        let checks: [(_, Check); 2] = [(&self.filter, check_condition), (&self.label, check_over)];
        for (expression, check) in checks {
            let Some(expression) = expression else { continue };
            check(store, expression, &facts).map_err(|error| match error {
                ExpressionError::Store(error) => SegmentError::Store(error),
                error => refuse(store, &attributes, expression, error.to_string()),
            })?;
        }
        let label = self.label.as_deref().unwrap_or("''");
        let filter = self.filter.as_deref().unwrap_or("true");
        let whole = format!(
            "CREATE OR REPLACE TEMP TABLE segment_customers AS
             SELECT user_id, coalesce(CAST((\n{label}\n) AS VARCHAR), {unknown}) AS label
             FROM {facts} AS t
             WHERE (\n{filter}\n)",
            unknown = quote_literal(UNKNOWN),
        );
        // What only values show, such as a text that is no number, is the expression's fault, too.
        store.execute_text("finding the customers of a segment", &whole).map_err(|error| {
            let alone = format!("SELECT count(*) FROM {facts} AS t WHERE (\n{filter}\n)");
            let filter_holds = store.rows_text("trying a filter", &alone, |_| Ok(())).is_ok();
            let guilty = if filter_holds { &self.label } else { &self.filter };
            refuse(store, &attributes, guilty.as_deref().unwrap_or_default(), error.engine_says())
        })?;
        let customers: i64 = store.row(query!("segment/size.sql"), &[], |row| row.get(0))?;
        match &self.filter {
            Some(filter) if customers == 0 => Err(SegmentError::Nobody { filter: filter.clone() }),
            _ => Ok(StagedSegment { customers }),
        }
    }
}

/// The columns that an expression can name, attributes as they are to be written.
///
/// # Errors
///
/// The engine's.
pub fn columns(store: &Store, as_of: NaiveDateTime) -> Result<Vec<String>, StoreError> {
    stage_facts(store, as_of).and_then(|attributes| columns_with(store, &attributes))
}

/// Stages what is known of customers in `users`; the names of what is known besides.
fn stage_facts(store: &Store, as_of: NaiveDateTime) -> Result<Vec<String>, StoreError> {
    store.execute(query!("segment/stage_facts.sql"), named! { "day": as_of.date() })?;
    store.rows(query!("segment/attributes.sql"), &[], |row| row.get(0))
}

fn columns_with(store: &Store, attributes: &[String]) -> Result<Vec<String>, StoreError> {
    let written = |name: &String| {
        let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain { name.clone() } else { quote_identifier(name) }
    };
    let own: Vec<String> = store.rows(query!("segment/fact_columns.sql"), &[], |row| row.get(0))?;
    Ok(own.into_iter().chain(attributes.iter().map(written)).collect())
}

/// The error for an expression, with the columns it could have named.
fn refuse(store: &Store, attributes: &[String], expression: &str, message: String) -> SegmentError {
    let columns = match columns_with(store, attributes) {
        Ok(columns) => columns,
        Err(error) => return error.into(),
    };
    SegmentError::BadExpression { expression: expression.to_owned(), message, columns }
}

/// A relation with a row per customer and a column for everything known: `customer_facts`, and what files said besides.
fn facts(attributes: &[String]) -> String {
    if attributes.is_empty() {
        return "customer_facts".to_owned();
    }
    let value = |name: &String| {
        let (text, column) = (quote_literal(&name.to_lowercase()), quote_identifier(name));
        format!("max(value) FILTER (WHERE lower(name) = {text}) AS {column}")
    };
    let values: Vec<String> = attributes.iter().map(value).collect();
    format!(
        "(SELECT * FROM customer_facts LEFT JOIN (SELECT user_id, {} FROM user_attributes GROUP BY user_id) USING (user_id))",
        values.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::store::OpenOptions;

    fn shop() -> Store {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        for statement in [
            "INSERT INTO users (user_id, name, gender, birth_date, region, grade, signed_up_at) VALUES
                (1, 'Kim', 'F', DATE '1990-02-28', 'Seoul', 'VIP', TIMESTAMP '2023-01-01'),
                (2, 'Lee', 'M', DATE '1980-05-01', 'Busan', 'BRONZE', TIMESTAMP '2023-01-01'),
                (3, 'Park', NULL, NULL, NULL, 'GOLD', TIMESTAMP '2023-01-01')",
            "INSERT INTO user_attributes VALUES (1, 'tier', 'a'), (2, 'tier', 'b'), (1, 'Loyalty \"x\"', '7'), (2, 'region', 'ignored')",
        ] {
            store.execute_text("a test's rows", statement).unwrap();
        }
        store
    }

    fn staged(filter: Option<&str>, label: Option<&str>) -> Result<Vec<(i64, String)>, SegmentError> {
        let store = shop();
        let segment = Segment { filter: filter.map(str::to_owned), label: label.map(str::to_owned) };
        segment.stage(&store, parse_instant("2024-02-28").unwrap())?;
        let rows = "SELECT user_id, label FROM segment_customers ORDER BY user_id";
        Ok(store.rows_text("a test's question", rows, |row| Ok((row.get(0)?, row.get(1)?))).unwrap())
    }

    fn of(pairs: &[(i64, &str)]) -> Vec<(i64, String)> {
        pairs.iter().map(|(user, label)| (*user, (*label).to_owned())).collect()
    }

    #[test]
    fn filters_and_labels_are_expressions_over_customers() {
        let filtered = |filter| staged(Some(filter), None).unwrap();
        assert_eq!(filtered("region = 'Seoul'"), of(&[(1, "")]));
        assert_eq!(filtered("tier = 'b' OR grade = 'GOLD'"), of(&[(2, ""), (3, "")]));
        assert_eq!(filtered("CAST(\"Loyalty \"\"x\"\"\" AS INTEGER) > 6"), of(&[(1, "")]));
        assert_eq!(staged(None, Some("region")).unwrap(), of(&[(1, "Seoul"), (2, "Busan"), (3, UNKNOWN)]));
        // 34 on that day, 43, and not known.
        assert_eq!(staged(None, Some("age_group")).unwrap(), of(&[(1, "30s"), (2, "40s"), (3, UNKNOWN)]));
        assert_eq!(
            staged(Some("gender IS NOT NULL"), Some("upper(tier) || '-' || gender")).unwrap(),
            of(&[(1, "A-F"), (2, "B-M")])
        );
    }

    #[test]
    fn the_expression_that_fails_on_a_value_is_the_one_that_is_blamed() {
        let blamed = |filter, label| match staged(Some(filter), Some(label)) {
            Err(SegmentError::BadExpression { expression, .. }) => expression,
            other => panic!("{other:?}"),
        };
        assert_eq!(blamed("user_id > 0", "CAST(region AS INTEGER)"), "CAST(region AS INTEGER)");
        assert_eq!(blamed("CAST(region AS INTEGER) > 0", "region"), "CAST(region AS INTEGER) > 0");
    }

    #[test]
    fn what_is_more_than_an_expression_is_refused() {
        for (filter, says) in [
            ("", "syntax error"),
            ("region", "not a condition"),
            ("1 = 1; DROP TABLE users", "syntax error"),
            ("user_id IN (SELECT user_id FROM orders)", "must not contain"),
            ("count(*) > 1", ""),
            ("nosuch = 1", "nosuch"),
            ("CAST(region AS INTEGER) = 1", "Could not convert"),
        ] {
            let error = staged(Some(filter), None).unwrap_err();
            assert!(error.to_string().contains(says), "{filter}: {error}");
            assert!(
                matches!(&error, SegmentError::BadExpression { columns, .. } if columns.contains(&"tier".to_owned())),
                "{filter}: {error:?}"
            );
        }
        assert!(matches!(staged(Some("region = 'Nowhere'"), None), Err(SegmentError::Nobody { .. })));
    }
}
