//! The engine's messages, tidied.

/// A message without empty lines, its `LINE n:` moved on by so many lines with the caret below it.
pub(super) fn tidy(message: &str, shift: isize) -> String {
    let mut tidied = Vec::new();
    // How far the next line has to move to stay below the last.
    let mut moved = 0_isize;
    for line in message.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let numbered = line.strip_prefix("LINE ").and_then(|rest| rest.split_once(':'));
        let renumbered =
            numbered.and_then(|(number, rest)| Some((number.parse::<isize>().ok()?, number, rest)));
        if let Some((number, digits, rest)) = renumbered {
            let number = (number + shift).max(1).to_string();
            moved = number.len() as isize - digits.len() as isize;
            tidied.push(format!("LINE {number}:{rest}"));
        } else if line.trim_start().starts_with('^') {
            let blanks = (line.len() - line.trim_start().len()) as isize + moved;
            tidied.push(format!("{}{}", " ".repeat(blanks.max(0) as usize), line.trim_start()));
        } else {
            tidied.push(line.to_owned());
        }
    }
    tidied.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stays_where_it_points() {
        let message =
            "Parser Error: syntax error at or near \"FORM\"\n\nLINE 1: SELECT * FORM t\n                 ^";
        let tidied =
            "Parser Error: syntax error at or near \"FORM\"\nLINE 1: SELECT * FORM t\n                 ^";
        assert_eq!(tidy(message, 0), tidied);
        let on =
            "Parser Error: syntax error at or near \"FORM\"\nLINE 12: SELECT * FORM t\n                  ^";
        assert_eq!(tidy(message, 11), on);
        assert_eq!(tidy(on, -11), tidied);
        assert_eq!(tidy("Out of Range Error: too far  \n", 3), "Out of Range Error: too far");
        assert_eq!(tidy("LINE x: y", 3), "LINE x: y");
    }
}
