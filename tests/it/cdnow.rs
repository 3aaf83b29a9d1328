//! A real shop's orders: the CDNOW data set (Fader and Hardie), through the command.
//!
//! The expected numbers come from pandas, computed from the text file alone. The file
//! `cdnow_master.txt` is expected in the folder that LIFECYCLE_TEST_DATA names. It is not ours to
//! redistribute, so these tests run only with `--include-ignored`.

use std::path::PathBuf;

use lifecycle::calendar::parse_instant;
use lifecycle::cohort::{self, CalendarStep};
use lifecycle::config::{CohortSettings, Config, Layer};
use lifecycle::domain::Grade;
use lifecycle::grades::{UpdateMode, update_all_grades};
use lifecycle::import::{Importer, Reading};
use lifecycle::money::Money;
use lifecycle::report::cohort::{ActivityMonth, ActivityMonths, activity_months};
use lifecycle::store::{OpenOptions, Query, Store};

/// The settings of the README.
pub const SETTINGS: &str = "
currency = 'USD'
[grades.VIP]
min_amount = 200
min_orders = 10
[grades.GOLD]
min_amount = 100
min_orders = 8
[grades.SILVER]
min_amount = 30
min_orders = 3
";

/// As-of; promoted, demoted; VIP, GOLD, SILVER. The window of the first is clamped
/// to 28 February.
const GRADES: [(&str, i64, i64, [i64; 3]); 3] = [
    ("1997-08-31", 2_901, 0, [172, 161, 2_568]),
    ("1997-12-15", 643, 1_774, [111, 107, 1_652]),
    ("1998-07-01", 792, 1_229, [96, 95, 1_255]),
];

/// Start; size; revenue (in cents), orders and buyers of offset 0 and of offset 11;
/// orders and repeat customers in all.
type Expected = (&'static str, i64, [i64; 3], [i64; 3], [i64; 2]);

#[rustfmt::skip]
const COHORTS: [Expected; 3] = [
    ("1997-01-01", 7_846, [29_906_017, 8_928, 7_846], [3_356_908, 855, 634], [20_097, 3_611]),
    ("1997-02-01", 8_476, [31_854_834, 9_645, 8_476], [2_643_535, 726, 545], [20_979, 3_841]),
    ("1997-03-01", 7_248, [27_988_449, 8_524, 7_248], [2_406_296, 627, 472], [17_801, 3_401]),
];

/// The data set, which is required when these tests are run.
pub fn file() -> PathBuf {
    let folder = std::env::var_os("LIFECYCLE_TEST_DATA").expect("LIFECYCLE_TEST_DATA names a folder");
    let path = PathBuf::from(folder).join("cdnow_master.txt");
    assert!(path.is_file(), "there is no {}", path.display());
    path
}

#[test]
#[ignore = "wants cdnow_master.txt in the folder LIFECYCLE_TEST_DATA"]
fn cdnow_equals_pandas() {
    let config = Config::from_layers(&[Layer::from_toml("test", SETTINGS).unwrap()]).unwrap();
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    let outcome = Importer::new(&store, &config).orders(&Reading::of([file()]).into()).unwrap();
    assert_eq!((outcome.orders, outcome.customers_created), (69_659, 23_570));
    assert_eq!(outcome.revenue, Money::from_hundredths(250_031_563));
    let clock = parse_instant("1998-07-01").unwrap();
    assert_eq!(outcome.clock, Some(clock));

    for (as_of, promoted, demoted, [vip, gold, silver]) in GRADES {
        let as_of = parse_instant(as_of).unwrap();
        let moves = update_all_grades(&store, as_of, &config.grades, UpdateMode::Record).unwrap().transitions;
        assert_eq!((moves.promoted(), moves.demoted()), (promoted, demoted), "{as_of}");
        assert_eq!(
            [Grade::Vip, Grade::Gold, Grade::Silver].map(|grade| moves.after(grade)),
            [vip, gold, silver]
        );
    }

    assert_eq!(cohort::make_calendar(&store, CalendarStep::Month, clock).unwrap().added, 3);
    assert_eq!(cohort::make_calendar(&store, CalendarStep::Month, clock).unwrap().added, 0);
    assert_eq!(cohort::run(&store, clock, CohortSettings::without_margin(12)).unwrap().rows, 36);
    for (activity, (start, size, first, last, [orders, repeat])) in (1..).zip(COHORTS) {
        let ActivityMonths { head, months } = activity_months(&store, activity).unwrap().unwrap();
        assert_eq!(head.start_at, parse_instant(start).unwrap());
        let figures = |month: &ActivityMonth| {
            [month.monthly_revenue.hundredths(), month.monthly_orders, month.active_users]
        };
        assert_eq!(figures(&months[0]), first, "{start}");
        assert_eq!(figures(&months[11]), last, "{start}");
        assert_eq!([months[11].cumulative_orders, months[11].repeat_customers], [orders, repeat]);
        assert_eq!(months[11].cohort_size, size);
    }
    let members: i64 = store
        .row(Query::new("test", "SELECT count(DISTINCT user_id) FROM cohort_members"), &[], |row| row.get(0))
        .unwrap();
    assert_eq!(members, 23_570);
}
