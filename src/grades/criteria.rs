//! What each grade requires.

use crate::config::{Criterion, GradeSettings};
use crate::domain::Grade;
use crate::money::Money;
use crate::store::Parameter;

/// The criteria of the three grades above BRONZE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criteria {
    /// Requirements for VIP.
    pub vip: Criterion,
    /// Requirements for GOLD.
    pub gold: Criterion,
    /// Requirements for SILVER.
    pub silver: Criterion,
}

impl From<&GradeSettings> for Criteria {
    fn from(settings: &GradeSettings) -> Self {
        Criteria { vip: settings.vip, gold: settings.gold, silver: settings.silver }
    }
}

impl Criteria {
    /// What a grade requires; `None` for BRONZE, which requires nothing.
    pub fn of(&self, grade: Grade) -> Option<Criterion> {
        match grade {
            Grade::Vip => Some(self.vip),
            Grade::Gold => Some(self.gold),
            Grade::Silver => Some(self.silver),
            Grade::Bronze => None,
        }
    }
}

impl Criteria {
    /// Appends the criteria to a statement's parameters.
    pub(super) fn bind<'a>(
        &'a self,
        others: &[(&'a str, &'a dyn Parameter)],
    ) -> Vec<(&'a str, &'a dyn Parameter)> {
        let mut parameters = others.to_vec();
        parameters.extend([
            ("vip_amount", &self.vip.min_amount as &dyn Parameter),
            ("vip_orders", &self.vip.min_orders),
            ("gold_amount", &self.gold.min_amount),
            ("gold_orders", &self.gold.min_orders),
            ("silver_amount", &self.silver.min_amount),
            ("silver_orders", &self.silver.min_orders),
        ]);
        parameters
    }
}

/// The grade earned by an amount and a number of qualifying orders: the highest whose
/// minimum amount *and* minimum number of orders are both met.
pub fn determine_grade(criteria: &Criteria, total_amount: Money, order_count: i64) -> Grade {
    let met = |grade: &Grade| match criteria.of(*grade) {
        Some(criterion) => total_amount >= criterion.min_amount && order_count >= criterion.min_orders,
        None => true,
    };
    Grade::ALL.iter().rev().copied().find(met).unwrap_or(Grade::Bronze)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn both_conditions_are_needed_and_thresholds_are_met_exactly() {
        let criteria = Criteria::from(&Config::default().grades);
        let grade = |won: i64, orders| determine_grade(&criteria, Money::from_units(won).unwrap(), orders);
        assert_eq!(grade(2_000_000, 10), Grade::Vip);
        assert_eq!(grade(1_999_999, 10), Grade::Gold);
        assert_eq!(grade(2_000_000, 9), Grade::Gold);
        assert_eq!(grade(50_000_000, 7), Grade::Silver);
        assert_eq!(grade(50_000_000, 2), Grade::Bronze);
        assert_eq!(grade(299_999, 300), Grade::Bronze);
        assert_eq!(grade(300_000, 3), Grade::Silver);
        assert_eq!(grade(0, 0), Grade::Bronze);
    }
}
