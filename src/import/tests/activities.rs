//! Imports of activities: what they write, what they refuse, and what they make stale.

use super::records::counts;
use super::*;
use crate::cohort::{self, RebuildScope};

const ACTIVITY_FACTS: &str = "activity_id, coalesce(external_id, '-'), campaign_id, name, channel, \
    coalesce(CAST(budget AS VARCHAR), '-'), start_at, coalesce(CAST(end_at AS VARCHAR), '-')";

#[test]
fn activities_come_with_their_campaigns() {
    let shop = Shop::new();
    let outcome = shop
        .activities(
            "activity,utm_campaign,channel,cost,start_date,end_date,title\n\
             spring-1,Spring,mail,100.5,2024-03-01,2024-03-15,First mail\n\
             5,Spring,,,2024-04-01,,\n\
             x,,Organic,0,2024-05-01,,\n",
        )
        .unwrap();
    assert_eq!((outcome.counts, outcome.campaigns_created, outcome.organic), (counts(3, 0, 0, 0), 2, 1));
    assert_eq!(
        shop.rows(ACTIVITY_FACTS, "FROM campaign_activities ORDER BY activity_id"),
        [
            "5|5|1|5|unknown|-|2024-04-01 00:00:00|-",
            "6|spring-1|1|First mail|mail|100.50|2024-03-01 00:00:00|2024-03-15 00:00:00",
            "7|x|2|x|organic|0.00|2024-05-01 00:00:00|-",
        ]
    );
    assert_eq!(shop.rows("campaign_id, name", "FROM campaigns ORDER BY 1"), ["1|Spring", "2|no campaign"]);
    // By number, by name, and new ones: a number keeps its number.
    shop.activities(
        "activity_id,campaign_id,campaign,start_at\n\
         a,2,,2024-03-01\nb,,no campaign,2024-03-01\nc,9,Ninth,2024-03-01\nd,1,Other,2024-03-01\n",
    )
    .unwrap();
    assert_eq!(
        shop.rows("external_id, campaign_id", "FROM campaign_activities WHERE activity_id > 7 ORDER BY 1"),
        ["a|2", "b|2", "c|9", "d|10"]
    );
    // Orders find them by their ids and by their names.
    shop.import_text(
        "order_id,user,date,amount,activity_id\n1,u,2024-03-02,1,spring-1\n2,u,2024-03-03,1,First mail\n3,u,2024-03-04,1,5\n",
    );
    assert_eq!(shop.rows("activity_id", "FROM orders ORDER BY order_id"), ["6", "6", "5"]);
}

#[test]
fn lines_of_activities_that_cannot_be_used_are_named() {
    let shop = Shop::new();
    let error = shop
        .activities(
            "activity_id,start_at,end_at,budget\n\
             ,2024-01-01,,\na,,,\nb,soon,,\nc,2024-01-01,late,\nd,2024-01-02,2024-01-02,\n\
             e,2024-01-01,,much\nf,2024-01-01,,-1\ng,2024-01-01,,\ng,2024-02-01,,\n",
        )
        .unwrap_err();
    let mut found = reasons(&error);
    found.sort();
    assert_eq!(
        found,
        [
            ("activity twice", 2, vec![9, 10]),
            ("ends before it starts", 1, vec![6]),
            ("negative budget", 1, vec![8]),
            ("no activity", 1, vec![2]),
            ("no start", 1, vec![3]),
            ("unreadable budget", 1, vec![7]),
            ("unreadable date", 2, vec![4, 5]),
        ]
    );
    assert!(shop.rows("campaign_id", "FROM campaigns").is_empty());
}

/// A new budget, start or end of an activity whose months are written: said, and repaired
/// into the file that had it from the beginning.
#[test]
fn replaced_activities_make_written_months_stale() {
    let orders = "order_id,user,date,amount,activity\n\
                  1,a,2024-01-10,10,m\n2,b,2024-01-25,10,m\n3,a,2024-02-12,5,\n4,c,2024-05-02,5,\n";
    let first = "activity_id,budget,start_at,end_at\nm,100,2024-01-01,2024-02-01\n";
    let shop_of = |activities: &str| {
        let shop = Shop::new();
        shop.activities(activities).unwrap();
        shop.import_text(orders);
        let clock = shop.store.meta().clock().unwrap().unwrap();
        cohort::run(&shop.store, clock, CohortSettings::without_margin(12)).unwrap();
        (shop, clock)
    };
    let figures =
        |shop: &Shop| shop.rows("*COLUMNS(* EXCLUDE (collected_at))", "FROM ltv_batch ORDER BY month_offset");
    let (shop, clock) = shop_of(first);
    assert_eq!(figures(&shop).len(), 4);
    let replace = |text: &str| shop.activities_of(shop.replaced(text)).unwrap();
    let same = replace(first);
    assert_eq!((same.counts, same.stale_months, same.frozen_windows), (counts(0, 0, 1, 0), 0, 0));

    let dearer = "activity_id,budget,start_at,end_at\nm,101,2024-01-01,2024-02-01\n";
    let outcome = replace(dearer);
    assert_eq!((outcome.stale_months, outcome.frozen_windows), (4, 0));
    assert!(
        !cohort::verify(&shop.store, clock, CohortSettings::without_margin(12), None).unwrap().is_clean()
    );
    cohort::rebuild(&shop.store, clock, CohortSettings::without_margin(12), None, RebuildScope::Stale, false)
        .unwrap();
    assert_eq!(figures(&shop), figures(&shop_of(dearer).0));

    let shorter = "activity_id,budget,start_at,end_at\nm,101,2024-01-05,2024-01-20\n";
    let outcome = replace(shorter);
    assert_eq!((outcome.stale_months, outcome.frozen_windows), (4, 1));
    cohort::rebuild(
        &shop.store,
        clock,
        CohortSettings::without_margin(12),
        None,
        RebuildScope::Refreeze,
        false,
    )
    .unwrap();
    assert!(cohort::verify(&shop.store, clock, CohortSettings::without_margin(12), None).unwrap().is_clean());
    assert_eq!(figures(&shop), figures(&shop_of(shorter).0));
    // An end that is left out is a month after the start.
    let outcome = replace("activity_id,budget,start_at,end_at\nm,101,2024-01-05,\n");
    assert_eq!((outcome.stale_months, outcome.frozen_windows), (0, 1));
}
