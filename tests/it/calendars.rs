//! Calendars of organic cohorts: only one at a time; replaced; removed.

use lifecycle::cohort::{
    self, CalendarRun, CalendarStep, CohortError, make_calendar, remove_calendar, replace_calendar,
};
use lifecycle::config::CohortSettings;
use lifecycle::store::Store;

use crate::ledger::{CLOCK, assert_clean, at, change, empty_shop, number, order, orders};
use crate::shell::Shell;

/// The shop without an organic activity of its own, with every first order outside campaigns.
fn organic_shop() -> Store {
    let store = empty_shop(50);
    change(&store, "DELETE FROM campaign_activities WHERE channel = 'organic'");
    let mut rows = orders();
    rows.iter_mut().for_each(|row| row.activity_id = None);
    store.append(&rows).unwrap();
    store
}

fn memberships(store: &Store) -> (i64, i64) {
    (
        number(store, "SELECT count(*) FROM cohort_members"),
        number(store, "SELECT count(DISTINCT user_id) FROM cohort_members"),
    )
}

#[test]
fn overlapping_calendars_are_refused_and_one_replaces_the_other_when_asked() {
    let store = organic_shop();
    let clock = at(CLOCK);
    assert_eq!(make_calendar(&store, CalendarStep::Month, clock).unwrap().added, 3);
    cohort::run(&store, clock, CohortSettings::without_margin(12)).unwrap();
    assert_eq!(memberships(&store), (40, 40));
    let refused = make_calendar(&store, CalendarStep::Quarter, clock).unwrap_err();
    let CohortError::OverlappingCalendar { activities, first, .. } = refused else { panic!("{refused}") };
    assert_eq!((activities, first.as_str()), (3, "2023-01 organic"));
    assert_eq!(number(&store, "SELECT count(*) FROM campaigns WHERE name = 'Organic, by quarter'"), 0);

    let replaced = replace_calendar(&store, CalendarStep::Quarter, clock).unwrap();
    assert_eq!(replaced, CalendarRun { added: 1, removed: 3, rows_removed: 36 });
    cohort::run(&store, clock, CohortSettings::without_margin(12)).unwrap();
    assert_eq!(memberships(&store), (40, 40));
    assert_eq!(number(&store, "SELECT count(*) FROM ltv_batch"), 12);
    assert_clean(&store);
    let again = replace_calendar(&store, CalendarStep::Quarter, clock).unwrap();
    assert_eq!(again, CalendarRun::default(), "its own periods stay");
}

#[test]
fn a_calendar_can_be_taken_away_and_others_activities_stay() {
    let store = organic_shop();
    let campaigns = number(&store, "SELECT count(*) FROM campaigns");
    let activities = number(&store, "SELECT count(*) FROM campaign_activities");
    make_calendar(&store, CalendarStep::Month, at(CLOCK)).unwrap();
    cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    assert_eq!(remove_calendar(&store, Some(CalendarStep::Quarter)).unwrap(), CalendarRun::default());
    let removed = remove_calendar(&store, None).unwrap();
    assert_eq!(removed, CalendarRun { added: 0, removed: 3, rows_removed: 36 });
    assert_eq!(number(&store, "SELECT count(*) FROM campaigns"), campaigns);
    assert_eq!(number(&store, "SELECT count(*) FROM campaign_activities"), activities);
    assert_eq!(memberships(&store), (0, 0));
    assert_clean(&store);

    // An order that refers to one of its activities prevents the removal of the calendar.
    make_calendar(&store, CalendarStep::Month, at(CLOCK)).unwrap();
    let of_calendar =
        number(&store, "SELECT min(activity_id) FROM campaign_activities WHERE channel = 'organic'");
    store.append(&[order(9_001, 1, Some(of_calendar), 100, "2024-05-01")]).unwrap();
    let refused = remove_calendar(&store, None).unwrap_err();
    assert!(matches!(refused, CohortError::CalendarInUse { orders: 1 }), "{refused}");
}

/// A calendar does not remove an organic activity of the shop's own, and conflicts with it.
#[test]
fn an_organic_activity_of_the_shops_own_is_in_the_way() {
    let store = organic_shop();
    change(
        &store,
        "INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, start_at, end_at)
         VALUES (9, 1, 'walk-ins', 'organic', TIMESTAMP '2023-01-15', TIMESTAMP '2023-02-15')",
    );
    for replaced in [false, true] {
        let make = if replaced { replace_calendar } else { make_calendar };
        let refused = make(&store, CalendarStep::Month, at(CLOCK)).unwrap_err();
        assert!(matches!(refused, CohortError::OverlappingCalendar { activities: 1, .. }), "{refused}");
    }
}

#[test]
fn the_command_names_the_ways_out() {
    let shell = Shell::new();
    let orders = "order_id,customer,date,amount\n1,a,2024-01-05,10\n2,b,2024-02-07,20\n3,c,2024-05-01,5\n";
    std::fs::write(shell.path("orders.csv"), orders).unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    shell.done(&["cohort", "calendar"]);
    let said = shell.fails(1, &["cohort", "calendar", "--by", "quarter"]);
    assert!(said.contains("3 organic activities overlap") && said.contains("--replace"), "{said}");
    let out = shell.done(&["cohort", "calendar", "--by", "quarter", "--replace", "--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&facts["added"], &facts["removed"]), (&2.into(), &3.into()), "{facts}");
    let out = shell.done(&["cohort", "calendar", "--remove", "--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(facts["removed"], 2, "{facts}");
}
