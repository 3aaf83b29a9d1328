//! Tables of the outlook: what is missing for a grade, and who will be demoted.

use crate::grades::{Gap, Risk};
use crate::render::{Cell, Column, Kind, Phrase, Table};

/// What customers lack for a grade, a row per customer.
pub fn gap_table(gaps: &[Gap]) -> Table {
    let table = Table::new("gaps")
        .title("What is missing for the next grade")
        .column(Column::new(Kind::Id, "user_id", "Customer"))
        .column(Column::new(Kind::Text, "name", "Name").rank(3))
        .column(Column::new(Kind::Text, "grade", "Grade"))
        .column(Column::new(Kind::Text, "to_grade", "To"))
        .column(Column::new(Kind::Money, "lacks_amount", "Lacks"))
        .column(Column::new(Kind::Count, "lacks_orders", "Lacks orders").unit("orders"))
        .column(Column::new(Kind::Money, "amount", "Amount").rank(1))
        .column(Column::new(Kind::Count, "orders", "Orders").unit("orders").rank(1))
        .column(Column::new(Kind::Percent, "missing_pct", "Missing").rank(2))
        .rows(gaps.iter().map(|gap| {
            vec![
                Cell::Id(gap.user_id),
                name_or_id(&gap.name, &gap.external_id),
                gap.grade.as_str().into(),
                gap.to_grade.as_str().into(),
                Cell::Money(gap.lacks_amount),
                Cell::Int(gap.lacks_orders),
                Cell::Money(gap.amount),
                Cell::Int(gap.orders),
                Cell::Percent(100.0 * gap.distance),
            ]
        }));
    if gaps.iter().any(|gap| gap.distance == 0.0) {
        return table.note("Nothing is missing: the next update promotes the customer.");
    }
    table
}

/// Who would fall within so many days, a row per customer.
pub fn at_risk_table(risks: &[Risk], within_days: u32) -> Table {
    Table::new("at_risk")
        .title(
            Phrase::new("Customers demoted within {days} days unless they buy more")
                .with("days", within_days),
        )
        .column(Column::new(Kind::Id, "user_id", "Customer"))
        .column(Column::new(Kind::Text, "name", "Name").rank(2))
        .column(Column::new(Kind::Text, "grade", "Grade"))
        .column(Column::new(Kind::Text, "falls_to", "Falls to"))
        .column(Column::new(Kind::Instant, "falls_at", "Falls at"))
        .column(Column::new(Kind::Money, "amount", "Amount left").rank(1))
        .column(Column::new(Kind::Count, "orders", "Orders left").unit("orders").rank(1))
        .rows(risks.iter().map(|risk| {
            vec![
                Cell::Id(risk.user_id),
                name_or_id(&risk.name, &risk.external_id),
                risk.grade.as_str().into(),
                risk.falls_to.as_str().into(),
                Cell::Timestamp(risk.falls_at),
                Cell::Money(risk.amount),
                Cell::Int(risk.orders),
            ]
        }))
}

fn name_or_id(name: &Option<String>, external_id: &Option<String>) -> Cell {
    name.clone().or_else(|| external_id.clone()).into()
}
