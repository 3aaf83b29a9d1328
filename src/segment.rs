//! A part of the customers, by an expression over what is known of them: the columns of `users`, their age group,
//! and what their files said besides (`user_attributes`).
//!
//! Reports take a segment in two ways: as a filter (`region = 'Seoul'`), and as a label that makes their rows
//! (`region`). Both are expressions of the engine's SQL that compute one value from one customer.

use chrono::NaiveDateTime;

use crate::query;
use crate::statements::{ExpressionError, check_expression};
use crate::store::{Store, StoreError, quote_identifier, quote_literal};

/// What an expression can use of `users`, besides `age_group`.
const COLUMNS: &[&str] = &[
    "user_id",
    "external_id",
    "name",
    "gender",
    "birth_date",
    "region",
    "status",
    "marketing_agree",
    "grade",
    "signed_up_at",
];

/// The age groups, in whole years: from when on, and their names.
const AGE_GROUPS: [(u32, &str); 4] = [(20, "10s"), (30, "20s"), (40, "30s"), (50, "40s")];

/// The name of the last age group.
const OLDEST: &str = "50+";

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

/// Proof that a segment's customers and members are in this connection's temporary tables `segment_customers`
/// (`user_id`, `label`) and `segment_members` (`activity_id`, `user_id`, `label`). Staging another replaces them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagedSegment {
    /// How many customers it has.
    pub customers: i64,
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
        let attributes: Vec<String> = store.rows(query!("segment/attributes.sql"), &[], |row| row.get(0))?;
        let attributes: Vec<String> = attributes.into_iter().filter(|name| !is_column(name)).collect();
        let facts = customer_facts(&attributes, as_of);
        let refuse = |expression: &str, message: String| SegmentError::BadExpression {
            expression: expression.to_owned(),
            message,
            columns: columns(&attributes),
        };
        for expression in self.filter.iter().chain(&self.label) {
            check_expression(store, expression).map_err(|error| match error {
                ExpressionError::Store(error) => SegmentError::Store(error),
                error => refuse(expression, error.to_string()),
            })?;
            // A condition takes no aggregate, no window and no unnest: one value a customer.
            let test =
                format!("SELECT 1 FROM ({facts}) AS customers WHERE (\n{expression}\n) IS NULL LIMIT 0");
            store
                .rows_text("trying an expression over customers", &test, |_| Ok(()))
                .map_err(|error| refuse(expression, first_line(&error)))?;
        }
        let label = self.label.as_deref().unwrap_or("''");
        let filter = self.filter.as_deref().unwrap_or("true");
        let whole = format!(
            "CREATE OR REPLACE TEMP TABLE segment_customers AS
             SELECT user_id, coalesce(CAST((\n{label}\n) AS VARCHAR), {unknown}) AS label
             FROM ({facts}) AS customers
             WHERE CAST((\n{filter}\n) AS BOOLEAN)",
            unknown = quote_literal(UNKNOWN),
        );
        // What only values show, a text that is no number among them, is the expression's fault, too.
        store.execute_text("finding the customers of a segment", &whole).map_err(|error| {
            refuse(self.filter.as_deref().or(self.label.as_deref()).unwrap_or_default(), first_line(&error))
        })?;
        let customers: i64 = store.row(query!("segment/size.sql"), &[], |row| row.get(0))?;
        if let (0, Some(filter)) = (customers, &self.filter) {
            return Err(SegmentError::Nobody { filter: filter.clone() });
        }
        store.execute(query!("segment/stage_members.sql"), &[])?;
        Ok(StagedSegment { customers })
    }
}

fn is_column(name: &str) -> bool {
    COLUMNS.iter().chain(&["age_group"]).any(|column| column.eq_ignore_ascii_case(name))
}

/// What an expression can name, the attributes as they are to be written.
fn columns(attributes: &[String]) -> Vec<String> {
    let plain = |name: &String| {
        let simple = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if simple { name.clone() } else { quote_identifier(name) }
    };
    let own = COLUMNS.iter().map(|name| (*name).to_owned()).chain(["age_group".to_owned()]);
    own.chain(attributes.iter().map(plain)).collect()
}

/// A SELECT of a row a customer, with a column for everything that is known.
fn customer_facts(attributes: &[String], as_of: NaiveDateTime) -> String {
    let own: Vec<String> = COLUMNS
        .iter()
        .map(|name| match *name {
            "gender" | "status" | "grade" => format!("CAST(users.{name} AS VARCHAR) AS {name}"),
            _ => format!("users.{name}"),
        })
        .collect();
    // Cut at birthdays, which clamp to the 28th of February, as in the score.
    let groups: String = AGE_GROUPS
        .iter()
        .map(|(years, name)| {
            format!(
                " WHEN DATE '{}' < users.birth_date + to_months({}) THEN '{name}'",
                as_of.date(),
                years * 12
            )
        })
        .collect();
    let age =
        format!("CASE WHEN users.birth_date IS NULL THEN NULL{groups} ELSE '{OLDEST}' END AS age_group");
    if attributes.is_empty() {
        return format!("SELECT {}, {age} FROM users", own.join(", "));
    }
    let values: Vec<String> = attributes
        .iter()
        .map(|name| {
            format!("max(value) FILTER (WHERE name = {}) AS {}", quote_literal(name), quote_identifier(name))
        })
        .collect();
    let names: Vec<String> =
        attributes.iter().map(|name| format!("brought.{}", quote_identifier(name))).collect();
    format!(
        "SELECT {}, {age}, {} FROM users
         LEFT JOIN (SELECT user_id, {} FROM user_attributes GROUP BY user_id) AS brought
           ON brought.user_id = users.user_id",
        own.join(", "),
        names.join(", "),
        values.join(", ")
    )
}

/// The engine's words, without their kind.
fn first_line(error: &StoreError) -> String {
    let message = error.engine_message();
    let line = message.lines().next().unwrap_or_default();
    let said = ["Binder Error: ", "Parser Error: "].iter().find_map(|kind| line.strip_prefix(kind));
    said.unwrap_or(line).trim_end_matches(['!', '.']).to_owned()
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
    fn what_is_more_than_an_expression_is_refused() {
        for (filter, says) in [
            ("", "syntax error"),
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
