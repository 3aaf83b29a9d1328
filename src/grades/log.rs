//! The two lines that a grade update leaves in a log.

use unicode_width::UnicodeWidthStr;

use super::GradeUpdate;
use crate::calendar::INSTANT_FORMAT;
use crate::domain::Grade;
use crate::lang::Lang;
use crate::money::group_thousands;

/// The log lines of an update, as in the reference: its number in the file, who
/// moved, and the mix afterwards.
pub fn log_lines(update: &GradeUpdate, lang: Lang) -> String {
    let (number, transitions) = (update.run_id, &update.transitions);
    let count = |customers: i64| group_thousands(customers.unsigned_abs());
    let at = update.as_of.format(INSTANT_FORMAT);
    let (customers, promoted) = (count(transitions.customers()), count(transitions.promoted()));
    let (demoted, kept) = (count(transitions.demoted()), count(transitions.kept()));
    match lang {
        Lang::En => {
            let done = if update.recorded { "done" } else { "dry run" };
            let mix: Vec<String> = Grade::ALL
                .iter()
                .rev()
                .map(|grade| format!("{grade} {}", count(transitions.after(*grade))))
                .collect();
            format!(
                "{at} - grade update #{number} {done} - {customers} customers | {promoted} promoted | {demoted} demoted | {kept} kept\n  grades: {}",
                mix.join(" | ")
            )
        }
        Lang::Ko => {
            let done = if update.recorded { "완료" } else { "모의 실행" };
            let mix: Vec<String> = Grade::ALL
                .iter()
                .rev()
                .map(|grade| format!("{grade} {}명", count(transitions.after(*grade))))
                .collect();
            format!(
                "{at} - 등급 갱신 #{number} {done} - 총 {customers}명 | 승급 {promoted}명 | 강등 {demoted}명 | 유지 {kept}명\n  등급 분포: {}",
                mix.join(" | ")
            )
        }
    }
}

/// The worker's banner, as in the reference, with its true interval.
pub fn worker_banner(interval_secs: u64, lang: Lang) -> String {
    let (every, title) = match lang {
        Lang::En => (interval_in_english(interval_secs), "Customer grade updater"),
        Lang::Ko => (interval_in_korean(interval_secs), "고객 등급 갱신 배치 워커"),
    };
    let text = format!("{title} ({every})");
    let width = 60usize.max(text.width() + 4);
    let left = (width - text.width()) / 2;
    let right = width - text.width() - left;
    let rule = "═".repeat(width);
    format!("╔{rule}╗\n║{}{text}{}║\n╚{rule}╝", " ".repeat(left), " ".repeat(right))
}

fn interval_in_korean(secs: u64) -> String {
    match secs {
        secs if secs % 3_600 == 0 => format!("{}시간 주기", secs / 3_600),
        secs if secs % 60 == 0 => format!("{}분 주기", secs / 60),
        secs => format!("{secs}초 주기"),
    }
}

fn interval_in_english(secs: u64) -> String {
    let (count, unit) = match secs {
        secs if secs % 3_600 == 0 => (secs / 3_600, "hour"),
        secs if secs % 60 == 0 => (secs / 60, "minute"),
        secs => (secs, "second"),
    };
    if count == 1 { format!("every {unit}") } else { format!("every {count} {unit}s") }
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
