//! The log lines of a grade update.

use unicode_width::UnicodeWidthStr;

use super::GradeUpdate;
use crate::calendar::INSTANT_FORMAT;
use crate::domain::Grade;
use crate::lang::Lang;
use crate::money::group_thousands;

/// The two log lines of an update, as in the reference: its number, how many were promoted and
/// demoted, and the mix afterwards.
pub fn log_lines(update: &GradeUpdate, lang: Lang) -> String {
    let moves = &update.transitions;
    let count = |customers: i64| group_thousands(customers.unsigned_abs());
    let mix: Vec<String> = Grade::ALL
        .iter()
        .rev()
        .map(|grade| {
            let customers = count(moves.after(*grade));
            lang.message("{grade} {customers}", &[("grade", grade.as_str()), ("customers", &customers)])
        })
        .collect();
    lang.message(
        "{at} - grade update #{number} {done} - {customers} customers | {promoted} promoted | {demoted} demoted | {kept} kept\n  grades: {mix}",
        &[
            ("at", &update.as_of.format(INSTANT_FORMAT).to_string()),
            ("number", &update.run_id.to_string()),
            ("done", &lang.heading(if update.recorded { "done" } else { "dry run" })),
            ("customers", &count(moves.customers())),
            ("promoted", &count(moves.promoted())),
            ("demoted", &count(moves.demoted())),
            ("kept", &count(moves.kept())),
            ("mix", &mix.join(" | ")),
        ],
    )
}

/// The worker's banner, as in the reference, with the actual interval.
pub fn worker_banner(interval_secs: u64, lang: Lang) -> String {
    let text = lang.message("Customer grade updater ({every})", &[("every", &interval(interval_secs, lang))]);
    let width = 60usize.max(text.width() + 4);
    let left = (width - text.width()) / 2;
    let right = width - text.width() - left;
    let rule = "═".repeat(width);
    format!("╔{rule}╗\n║{}{text}{}║\n╚{rule}╝", " ".repeat(left), " ".repeat(right))
}

fn interval(secs: u64, lang: Lang) -> String {
    let (count, one, several) = match secs {
        secs if secs % 3_600 == 0 => (secs / 3_600, "every hour", "every {count} hours"),
        secs if secs % 60 == 0 => (secs / 60, "every minute", "every {count} minutes"),
        secs => (secs, "every second", "every {count} seconds"),
    };
    if count == 1 { lang.heading(one) } else { lang.message(several, &[("count", &count.to_string())]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_is_a_box_with_the_true_interval() {
        let banner = worker_banner(600, Lang::Ko);
        assert!(banner.contains("고객 등급 갱신 배치 워커 (10분 주기)"), "{banner}");
        let widths: Vec<usize> = banner.lines().map(|line| line.width()).collect();
        assert_eq!(widths, [62, 62, 62]);
        assert!(worker_banner(90, Lang::En).contains("(every 90 seconds)"));
        assert!(worker_banner(3_600, Lang::En).contains("(every hour)"));
    }
}
