//! What the members of a cohort did, month by month: a sparse matrix, since most do nothing in most months.

use crate::money::Money;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Revenue by member, less what was given back.
    Revenue,
    /// Orders by member.
    Orders,
    /// Members who bought, as a share of all.
    Buyers,
}

impl Figure {
    /// Every figure.
    pub const ALL: &'static [Figure] = &[Figure::Revenue, Figure::Orders, Figure::Buyers];

    /// The word in reports: `revenue`, `orders` or `buyers`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Figure::Revenue => "revenue",
            Figure::Orders => "orders",
            Figure::Buyers => "buyers",
        }
    }
}

/// A member's month in which something happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub offset: u32,
    pub revenue: Money,
    pub orders: i64,
}

/// How many observations there are, their mean, and their variance (of the sample: by n - 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Observations.
    pub n: f64,
    /// Their mean.
    pub mean: f64,
    /// Their variance; 0 for fewer than two.
    pub variance: f64,
}

/// The members of a cohort and what each did in each month.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    members: usize,
    months: u32,
    /// Where each member's entries begin; members without any are not listed.
    begins: Vec<usize>,
    entries: Vec<Entry>,
}

impl Sample {
    /// So many members, of whom nothing is known yet, and so many months.
    pub fn new(members: usize, months: u32) -> Self {
        Sample { members, months, begins: Vec::new(), entries: Vec::new() }
    }

    /// The next entries are another member's.
    pub fn begin_member(&mut self) {
        self.begins.push(self.entries.len());
    }

    /// What the member did in a month.
    pub fn push(&mut self, offset: u32, revenue: Money, orders: i64) {
        self.entries.push(Entry { offset, revenue, orders });
    }

    /// How many members there are, those who did nothing too.
    pub fn members(&self) -> usize {
        self.members
    }

    /// How many months there are.
    pub fn months(&self) -> u32 {
        self.months
    }

    /// All members' revenue in all months.
    pub fn revenue(&self) -> Money {
        self.entries.iter().map(|entry| entry.revenue).sum()
    }

    /// A member's entries; none for those who did nothing.
    pub(super) fn of_member(&self, member: usize) -> &[Entry] {
        let Some(begin) = self.begins.get(member) else { return &[] };
        let end = self.begins.get(member + 1).copied().unwrap_or(self.entries.len());
        &self.entries[*begin..end]
    }

    /// The mean and the variance of a figure over all members: of a month, or of all together.
    pub fn moments(&self, offset: Option<u32>, figure: Figure) -> Moments {
        let n = self.members as f64;
        let value = |member: usize| value_of(self.of_member(member), offset, figure);
        let active = 0..self.begins.len();
        let mean = active.clone().map(value).sum::<f64>() / n;
        let idle = (self.members - self.begins.len()) as f64;
        let squares = active.map(|member| (value(member) - mean).powi(2)).sum::<f64>() + idle * mean * mean;
        Moments { n, mean, variance: if self.members < 2 { 0.0 } else { squares / (n - 1.0) } }
    }
}

/// A member's value of a figure.
pub(super) fn value_of(entries: &[Entry], offset: Option<u32>, figure: Figure) -> f64 {
    let wanted = entries.iter().filter(|entry| offset.is_none_or(|offset| entry.offset == offset));
    match figure {
        Figure::Revenue => wanted.map(|entry| entry.revenue).sum::<Money>().to_f64(),
        Figure::Orders => wanted.map(|entry| entry.orders).sum::<i64>() as f64,
        Figure::Buyers => f64::from(u8::from(wanted.map(|entry| entry.orders).sum::<i64>() > 0)),
    }
}

/// Samples for tests.
#[cfg(test)]
pub(super) mod test {
    use super::*;

    /// Members with one month of these revenues, in hundredths; a revenue above zero is an order.
    pub fn of_revenues(hundredths: &[i64]) -> Sample {
        let mut sample = Sample::new(hundredths.len(), 1);
        for revenue in hundredths.iter().filter(|revenue| **revenue != 0) {
            sample.begin_member();
            sample.push(0, Money::from_hundredths(*revenue), i64::from(*revenue > 0));
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_who_did_nothing_count_as_zeros() {
        let mut sample = Sample::new(4, 2);
        sample.begin_member();
        sample.push(0, Money::from_hundredths(400), 1);
        sample.push(1, Money::from_hundredths(-100), 0);
        sample.begin_member();
        sample.push(1, Money::from_hundredths(800), 2);
        let revenue = sample.moments(Some(1), Figure::Revenue);
        assert_eq!((revenue.n, revenue.mean), (4.0, 1.75));
        // 7.5625 + 39.0625 + 2 x 3.0625 over 3.
        assert!((revenue.variance - 17.583_333_333_333_332).abs() < 1e-12, "{revenue:?}");
        assert_eq!(sample.moments(None, Figure::Revenue).mean, 2.75);
        assert_eq!(sample.moments(None, Figure::Orders).mean, 0.75);
        assert_eq!(sample.moments(Some(1), Figure::Buyers).mean, 0.25, "money back is no purchase");
        assert_eq!(sample.moments(None, Figure::Buyers).mean, 0.5);
        assert_eq!(sample.revenue(), Money::from_hundredths(1_100));
    }
}
