//! A shop small enough to add up by hand.

use super::*;
use crate::calendar::parse_instant;
use crate::config::Config;
use crate::store::OpenOptions;

/// Three customers: 1 came through `search` and returned, 2 came by herself, 3 has not ordered.
fn shop() -> Store {
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    for sql in [
        "INSERT INTO users (user_id, grade, birth_date, signed_up_at) VALUES \
         (1, 'BRONZE', DATE '1994-03-10', '2024-01-01'), (2, 'BRONZE', NULL, '2024-01-01'), \
         (3, 'BRONZE', NULL, '2024-03-20')",
        "INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, start_at) \
         VALUES (9, 1, 'spring', 'search', '2024-02-01')",
        "INSERT INTO orders (order_id, user_id, activity_id, amount, status, created_at) VALUES \
         (1, 1, 9, 60.00, 'Success', '2024-03-09 20:00:00'), \
         (2, 1, NULL, 20.00, 'Success', '2024-03-10 20:30:00'), \
         (3, 2, NULL, 20.00, 'Success', '2024-03-10 08:00:00'), \
         (4, 1, NULL, -5.00, 'Returned', '2024-03-12 08:00:00'), \
         (5, 2, NULL, 99.00, 'Failed', '2024-03-12 08:00:00'), \
         (6, 2, NULL, 50.00, 'Success', '2024-04-01 00:00:00')",
    ] {
        store.execute_text("a small shop", sql).unwrap();
    }
    store
}

fn at(text: &str) -> NaiveDateTime {
    parse_instant(text).unwrap()
}

fn overview<'a>(store: &'a Store, from: Option<&str>, origin: OriginFilter) -> Overview<'a> {
    Overview::new(store, at("2024-04-01"), from.map(at), None, origin).unwrap()
}

fn search() -> OriginFilter {
    OriginFilter { channel: Some("search".to_owned()), start_month: Some("2024-02".to_owned()) }
}

fn won(amount: i64) -> Money {
    Money::from_hundredths(amount * 100)
}

#[test]
fn figures_count_orders_and_net_revenue_before_the_as_of() {
    let store = shop();
    let totals = overview(&store, None, OriginFilter::default()).span_totals().unwrap();
    let mut all = SpanFigures::default();
    totals.iter().filter(|totals| totals.span == Span::Period).for_each(|one| all.add(&one.figures));
    let expected = SpanFigures {
        customers: 3,
        buyers: 2,
        first_time_buyers: 2,
        repeat_buyers: 1,
        orders: 3,
        gross_revenue: won(100),
        returned: won(-5),
    };
    assert_eq!(all, expected);
    assert_eq!((all.net_revenue(), all.repeat_rate()), (won(95), Some(50.0)));
    // 95 / 3, half-up to a hundredth.
    assert_eq!(all.average_order_value().map(|value| value.to_string()), Some("31.67".to_owned()));
}

#[test]
fn a_customer_is_of_the_channel_and_month_of_the_activity_that_brought_the_first_order() {
    let store = shop();
    let (channels, months) = overview(&store, None, OriginFilter::default()).origins().unwrap();
    assert_eq!(
        (channels, months),
        (vec!["organic".into(), "search".into()], vec!["2024-02".into(), "2024-03".into()])
    );
    let days = overview(&store, None, search()).days().unwrap();
    let shown: Vec<_> =
        days.iter().map(|day| (day.day.to_string(), day.orders, day.gross_revenue, day.returned)).collect();
    let expected = [("2024-03-09", 1, 60, 0), ("2024-03-10", 1, 20, 0), ("2024-03-12", 0, 0, -5)];
    assert_eq!(
        shown,
        expected.map(|(day, orders, gross, back)| (day.to_owned(), orders, won(gross), won(back)))
    );
}

#[test]
fn a_birthday_changes_the_age_group() {
    let store = shop();
    let hours = overview(&store, None, search()).hours().unwrap();
    let shown: Vec<_> = hours.iter().map(|row| (row.hour, row.age_group.as_deref(), row.orders)).collect();
    assert_eq!(shown, [(20, Some("20s"), 1), (20, Some("30s"), 1)]);
}

#[test]
fn the_best_half_of_two_customers_brings_most() {
    let store = shop();
    let points = overview(&store, None, OriginFilter::default()).concentration_of_origin().unwrap();
    let half = points.iter().find(|point| point.top_pct == 50).unwrap();
    assert_eq!((half.customers, half.revenue, half.customers_for_half), (1, won(75), 1));
    let share = half.revenue_pct().unwrap();
    assert!((share - 7_500.0 / 95.0).abs() < 1e-9, "{share}");
}

#[test]
fn spans_that_began_before_the_first_order_are_left_out() {
    let store = shop();
    let spans = |from| -> Vec<Span> {
        overview(&store, from, OriginFilter::default()).spans().iter().map(|(span, _)| *span).collect()
    };
    assert_eq!(spans(None), [Span::Period]);
    assert_eq!(spans(Some("2024-03-25")), [Span::Period, Span::Previous]);
}

#[test]
fn without_an_update_there_is_no_mix_and_nobody_moved() {
    let store = shop();
    let overview = overview(&store, None, OriginFilter::default());
    assert_eq!(overview.grade_mix().unwrap(), []);
    assert_eq!(overview.grade_moves().unwrap(), []);
    assert_eq!(overview.grade_outlook(&Config::default().grades).unwrap(), []);
}

/// 2 and 3 are given money back for what the file does not hold; 3 orders later.
#[test]
fn money_given_back_counts_whoever_it_goes_to() {
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    for sql in [
        "INSERT INTO users (user_id, grade, signed_up_at) VALUES (1, 'BRONZE', '2024-01-03'), (2, 'BRONZE', '2024-01-01'), \
         (3, 'BRONZE', '2024-02-01')",
        "INSERT INTO orders (order_id, user_id, amount, status, created_at) VALUES \
         (1, 1, 100.00, 'Success', '2024-01-03'), (2, 2, -40.00, 'Returned', '2024-01-01'), \
         (3, 1, 50.00, 'Success', '2024-02-05'), (4, 3, -5.00, 'Returned', '2024-02-01'), \
         (5, 3, 20.00, 'Success', '2024-02-06')",
    ] {
        store.execute_text("a small shop", sql).unwrap();
    }
    for (as_of, gross, returned) in
        [("2024-04-01", 170, -45), ("2024-02-04", 100, -45), ("2024-01-02", 0, -40)]
    {
        let overview = Overview::new(&store, at(as_of), None, None, OriginFilter::default()).unwrap();
        let mut figures = SpanFigures::default();
        let totals = overview.span_totals().unwrap();
        totals.iter().filter(|totals| totals.span == Span::Period).for_each(|one| figures.add(&one.figures));
        assert_eq!((figures.gross_revenue, figures.returned), (won(gross), won(returned)), "{as_of}");
        let days = overview.days().unwrap();
        assert_eq!(
            days.iter().map(|day| day.gross_revenue + day.returned).sum::<Money>(),
            won(gross + returned)
        );
        let all = overview.concentration_of_origin().unwrap();
        let whole = all.iter().find(|point| point.top_pct == 100).map(|point| point.revenue);
        assert_eq!(whole, (gross > 0).then(|| won(gross + returned)), "{as_of}");
    }
}
