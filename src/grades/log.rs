//! The two lines that a grade update leaves in a log.

use super::GradeUpdate;
use crate::calendar::INSTANT_FORMAT;
use crate::domain::Grade;
use crate::lang::Lang;
use crate::money::group_thousands;

/// The log lines of the `number`th update of a process, as in the reference:
/// who moved, and the mix afterwards.
pub fn log_lines(update: &GradeUpdate, number: u64, lang: Lang) -> String {
    let moves = &update.moves;
    let count = |customers: i64| group_thousands(customers.unsigned_abs());
    let at = update.as_of.format(INSTANT_FORMAT);
    let (customers, promoted) = (count(moves.customers()), count(moves.promoted()));
    let (demoted, kept) = (count(moves.demoted()), count(moves.kept()));
    match lang {
        Lang::En => {
            let done = if update.recorded { "done" } else { "dry run" };
            let mix: Vec<String> = Grade::ALL
                .iter()
                .rev()
                .map(|grade| format!("{grade} {}", count(moves.after(*grade))))
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
                .map(|grade| format!("{grade} {}명", count(moves.after(*grade))))
                .collect();
            format!(
                "{at} - 등급 갱신 #{number} {done} - 총 {customers}명 | 승급 {promoted}명 | 강등 {demoted}명 | 유지 {kept}명\n  등급 분포: {}",
                mix.join(" | ")
            )
        }
    }
}
