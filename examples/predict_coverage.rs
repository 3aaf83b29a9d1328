//! How often the 80 % interval of predicted LTV held what came, and what came nearer: the model,
//! the chain ladder or the plain guess.
//!
//!     cargo run --release --example predict_coverage FILE AS_OF...
//!
//! At each as-of the open months of all cohorts are predicted, from what was known by then alone;
//! those that have closed since are compared with what the file holds. Nothing is written.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use lifecycle::calendar::parse_instant;
use lifecycle::money::Money;
use lifecycle::predict::{Model, OpenMonth, PredictOptions, Span, predict};
use lifecycle::store::{Access, OpenOptions, Query, Store};

/// Revenue that came in the months that were predicted, and what was missed of it.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    months: u32,
    inside: u32,
    came: f64,
    model: f64,
    plain: f64,
    /// Where there is a chain ladder: months, what came, what it and the model missed.
    ladder: [f64; 4],
}

impl Score {
    fn add(&mut self, month: &OpenMonth, actual: f64) {
        let came = actual - month.known.to_f64();
        self.months += 1;
        self.inside += u32::from((month.low..=month.high).contains(&actual));
        self.came += came;
        self.model += (month.expected - actual).abs();
        self.plain += (month.plain - actual).abs();
        if let Some(ladder) = month.chain_ladder {
            let seen = [1.0, came, (ladder - actual).abs(), (month.expected - actual).abs()];
            self.ladder.iter_mut().zip(seen).for_each(|(sum, part)| *sum += part);
        }
    }

    fn merge(&mut self, other: &Score) {
        self.months += other.months;
        self.inside += other.inside;
        self.came += other.came;
        self.model += other.model;
        self.plain += other.plain;
        self.ladder.iter_mut().zip(other.ladder).for_each(|(sum, part)| *sum += part);
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: f64, whole: f64| 100.0 * part / whole;
        let inside = share(f64::from(self.inside), f64::from(self.months));
        write!(f, "{:>6}  {inside:>5.1} %", self.months)?;
        write!(f, "  {:>6.1} %  {:>6.1} %", share(self.model, self.came), share(self.plain, self.came))?;
        let [months, came, ladder, model] = self.ladder;
        if months > 0.0 {
            write!(f, "    {months:>5}  {:>6.1} %  {:>6.1} %", share(ladder, came), share(model, came))?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file and some as-ofs")?;
    let store = Store::open(path.as_ref(), Access::Read, OpenOptions::default())?;
    let actual = actual_months(&store)?;
    println!(
        "What was missed, in % of what came after the as-of; where there is a chain ladder, on the right."
    );
    println!("as of        pool        months  inside      model     plain    months    ladder     model");
    let mut all: BTreeMap<String, Score> = BTreeMap::new();
    for as_of in arguments {
        let options = PredictOptions {
            as_of: parse_instant(&as_of)?,
            model: Model::BgNbd,
            months: 12,
            holdout: Span::Months(3),
            cohort_months: 12,
        };
        for pool in predict(&store, &options)?.pools {
            let mut score = Score::default();
            for month in &pool.months {
                if let Some(actual) = actual.get(&(month.activity_id, month.offset)) {
                    score.add(month, *actual);
                }
            }
            if score.months > 0 {
                println!("{as_of:<12} {:<11} {score}", pool.run.pool);
                all.entry(pool.run.pool).or_default().merge(&score);
            }
        }
    }
    for (pool, score) in all {
        println!("{:<12} {pool:<11} {score}", "all");
    }
    Ok(())
}

/// Cumulative revenue by activity and closed month.
fn actual_months(store: &Store) -> Result<BTreeMap<(i64, u32), f64>, Box<dyn Error>> {
    let query = Query::new("example", "SELECT activity_id, month_offset, ltv_cumulative FROM ltv_batch");
    let rows = store.rows(query, &[], |row| {
        Ok(((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?), row.get::<_, Money>(2)?.to_f64()))
    })?;
    Ok(rows.into_iter().collect())
}
