//! The tables that can be exported, and what of them the file itself does not say:
//! their keys, what their keys refer to, and which of their times is their own.

/// A table of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct ExportTable {
    /// Its name.
    pub name: &'static str,
    /// The columns of its key; empty when it has none.
    pub(super) key: &'static [&'static str],
    /// The time that a row belongs to; `None` for a table without one.
    pub(super) time: Option<&'static str>,
    /// Whether its rows are in their order as they are stored, or are put in the order of these columns.
    pub(super) order: Order,
    /// Columns with the table and the column they refer to.
    pub(super) references: &'static [(&'static str, &'static str, &'static str)],
    /// Columns that other programs will look rows up by, besides the key.
    pub(super) indexes: &'static [&'static [&'static str]],
}

/// The order of a table's rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As they are stored. A sort of many millions of rows would cost as much as the rest.
    Stored,
    /// By these columns; rows that are equal in them, as they are stored.
    By(&'static [&'static str]),
}

/// Every table, in the order of the file's description, which puts what is referred to first.
pub(super) const TABLES: &[ExportTable] = &[
    ExportTable {
        name: "users",
        key: &["user_id"],
        time: Some("signed_up_at"),
        order: Order::By(&["user_id"]),
        references: &[],
        indexes: &[],
    },
    ExportTable {
        name: "products",
        key: &["product_id"],
        time: None,
        order: Order::By(&["product_id"]),
        references: &[],
        indexes: &[],
    },
    ExportTable {
        name: "campaigns",
        key: &["campaign_id"],
        time: None,
        order: Order::By(&["campaign_id"]),
        references: &[],
        indexes: &[],
    },
    ExportTable {
        name: "campaign_activities",
        key: &["activity_id"],
        time: Some("start_at"),
        order: Order::By(&["activity_id"]),
        references: &[("campaign_id", "campaigns", "campaign_id")],
        indexes: &[],
    },
    ExportTable {
        name: "orders",
        key: &["order_id"],
        time: Some("created_at"),
        order: Order::Stored,
        references: &[
            ("user_id", "users", "user_id"),
            ("product_id", "products", "product_id"),
            ("activity_id", "campaign_activities", "activity_id"),
        ],
        indexes: &[&["user_id"], &["created_at"]],
    },
    ExportTable {
        name: "order_lines",
        key: &["order_id", "line"],
        time: None,
        order: Order::By(&["order_id", "line"]),
        references: &[("order_id", "orders", "order_id"), ("product_id", "products", "product_id")],
        indexes: &[],
    },
    ExportTable {
        name: "user_attributes",
        key: &["user_id", "name"],
        time: None,
        order: Order::By(&["user_id", "name"]),
        references: &[("user_id", "users", "user_id")],
        indexes: &[],
    },
    ExportTable {
        name: "listed_customers",
        key: &["activity_id", "user_id"],
        time: None,
        order: Order::By(&["activity_id", "user_id"]),
        references: &[("activity_id", "campaign_activities", "activity_id"), ("user_id", "users", "user_id")],
        indexes: &[&["user_id"]],
    },
    ExportTable {
        name: "grade_runs",
        key: &["run_id"],
        time: Some("as_of"),
        order: Order::By(&["run_id"]),
        references: &[],
        indexes: &[],
    },
    // Without a key: a customer may change twice at one as-of, under other criteria.
    ExportTable {
        name: "grade_changes",
        key: &[],
        time: Some("as_of"),
        order: Order::By(&["as_of", "user_id"]),
        references: &[("user_id", "users", "user_id")],
        indexes: &[&["user_id", "as_of"]],
    },
    ExportTable {
        name: "cohort_members",
        key: &["activity_id", "user_id"],
        time: Some("first_order_at"),
        order: Order::By(&["activity_id", "user_id"]),
        references: &[
            ("activity_id", "campaign_activities", "activity_id"),
            ("user_id", "users", "user_id"),
            ("first_order_id", "orders", "order_id"),
        ],
        indexes: &[&["user_id"]],
    },
    ExportTable {
        name: "ltv_batch",
        key: &["activity_id", "month_offset"],
        time: Some("collected_at"),
        order: Order::By(&["activity_id", "month_offset"]),
        references: &[("activity_id", "campaign_activities", "activity_id")],
        indexes: &[],
    },
    ExportTable {
        name: "predict_runs",
        key: &["run_id"],
        time: Some("as_of"),
        order: Order::By(&["run_id"]),
        references: &[],
        indexes: &[],
    },
    ExportTable {
        name: "ltv_predicted",
        key: &["run_id", "activity_id", "month_offset"],
        time: None,
        order: Order::By(&["run_id", "activity_id", "month_offset"]),
        references: &[
            ("run_id", "predict_runs", "run_id"),
            ("activity_id", "campaign_activities", "activity_id"),
        ],
        indexes: &[],
    },
    ExportTable {
        name: "customer_predictions",
        key: &["run_id", "user_id"],
        time: None,
        order: Order::By(&["run_id", "user_id"]),
        references: &[("run_id", "predict_runs", "run_id"), ("user_id", "users", "user_id")],
        indexes: &[&["user_id"]],
    },
    ExportTable {
        name: "predict_checks",
        key: &["run_id", "level", "position"],
        time: None,
        order: Order::By(&["run_id", "level", "position"]),
        references: &[
            ("run_id", "predict_runs", "run_id"),
            ("activity_id", "campaign_activities", "activity_id"),
        ],
        indexes: &[],
    },
    ExportTable {
        name: "meta",
        key: &["key"],
        time: None,
        order: Order::By(&["key"]),
        references: &[],
        indexes: &[],
    },
];

impl ExportTable {
    /// Every table, in the order of the file's description.
    pub const ALL: &'static [ExportTable] = TABLES;

    /// The table of a name.
    pub fn named(name: &str) -> Option<&'static ExportTable> {
        TABLES.iter().find(|table| table.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{OpenOptions, Store};

    #[test]
    fn what_is_said_of_a_table_is_there_and_none_is_left_out() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let columns_of = |table: &str| -> Vec<String> {
            let columns = store.describe_text("test", &format!("SELECT * FROM {table}")).unwrap();
            columns.into_iter().map(|column| column.name).collect()
        };
        for (position, table) in TABLES.iter().enumerate() {
            let columns = columns_of(table.name);
            let ordered = match table.order {
                Order::Stored => &[][..],
                Order::By(columns) => columns,
            };
            let named = table.key.iter().chain(&table.time).chain(ordered);
            for column in named.chain(table.indexes.iter().copied().flatten()) {
                assert!(columns.iter().any(|known| known == column), "{}.{column}", table.name);
            }
            for (column, other, key) in table.references {
                assert!(columns.iter().any(|known| known == column), "{}.{column}", table.name);
                let other = TABLES[..position].iter().find(|earlier| earlier.name == *other);
                assert_eq!(other.map(|other| other.key), Some(&[*key][..]), "{}.{column}", table.name);
            }
        }
        let mut stored: Vec<String> =
            store.rows_text("test", "SELECT name FROM (SHOW TABLES)", |row| row.get(0)).unwrap();
        // What the batch remembers of the orders, which it learns again from them; and which numbers are
        // not the shop's, which say nothing outside this file.
        stored.retain(|name| name != "first_orders" && name != "numbered_orders");
        let mut exported: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        exported.sort();
        assert_eq!(stored, exported);
    }
}
