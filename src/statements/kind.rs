//! What a statement does: whether it answers with rows, and whether it can change anything.

use super::split::{Piece, Token, TokenKind};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Answers with rows and changes nothing; may stand in parentheses.
    Rows,
    /// Shows how the statement from this byte on is run.
    Plan { of: usize },
    /// Makes something that is gone when the connection is.
    Temporary,
    /// Changes something, or may; answers with rows.
    ChangesWithRows,
    /// Changes something, or may; answers with how many rows.
    Changes,
    /// Begins or ends a transaction.
    Transaction,
    /// Begins with a word that no statement known here begins with.
    Unknown,
}

/// Words that a statement which answers with rows begins with.
const ROWS: &[&str] =
    &["SELECT", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "SHOW", "DESCRIBE", "DESC", "SUMMARIZE"];

/// Words that a statement which changes rows begins with.
const CHANGES: &[&str] = &["INSERT", "UPDATE", "DELETE", "MERGE"];

/// Words that other statements begin with which change something, or may.
const OTHER_CHANGES: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "CHECKPOINT",
    "COMMENT",
    "COPY",
    "DEALLOCATE",
    "DETACH",
    "DROP",
    "EXECUTE",
    "EXPORT",
    "FORCE",
    "IMPORT",
    "INSTALL",
    "LOAD",
    "PREPARE",
    "REINDEX",
    "RESET",
    "SET",
    "TRUNCATE",
    "UPDATE",
    "USE",
    "VACUUM",
];

/// What a statement does, by its words.
pub(super) fn kind_of(piece: &Piece<'_>) -> Kind {
    kind_from(piece, 0)
}

/// The word a statement is called by.
pub(super) fn name_of(piece: &Piece<'_>) -> String {
    let first = piece.tokens.iter().find_map(|token| piece.word(token));
    first.unwrap_or_else(|| piece.text.chars().take(1).collect())
}

fn kind_from(piece: &Piece<'_>, first: usize) -> Kind {
    let tokens = &piece.tokens[first..];
    let word = |position: usize| tokens.get(position).and_then(|token| piece.word(token)).unwrap_or_default();
    let is = |word: &str, words: &[&str]| words.contains(&word);
    let main = match word(0).as_str() {
        // The first word of the statement itself comes after the names that are defined, which
        // have their own statements in parentheses.
        "WITH" => {
            let outer = |token: &&Token| token.depth == tokens[0].depth;
            let words = tokens.iter().skip(1).filter(outer).filter_map(|token| piece.word(token));
            words.into_iter().find(|word| is(word, ROWS) || is(word, CHANGES)).unwrap_or_default()
        }
        other => other.to_owned(),
    };
    match main.as_str() {
        "" if tokens.first().is_some_and(|token| token.kind == TokenKind::Open) => Kind::Rows,
        main if is(main, ROWS) => Kind::Rows,
        "EXPLAIN" => {
            let of = after_explain(piece, first);
            match piece.tokens.get(of) {
                Some(token) if kind_from(piece, of) == Kind::Rows => Kind::Plan { of: token.start },
                _ => Kind::ChangesWithRows,
            }
        }
        "CREATE" => {
            let words =
                if (word(1), word(2)) == ("OR".to_owned(), "REPLACE".to_owned()) { word(3) } else { word(1) };
            if is(&words, &["TEMP", "TEMPORARY"]) { Kind::Temporary } else { Kind::Changes }
        }
        "SET" | "RESET" if word(1) == "VARIABLE" => Kind::Temporary,
        "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" => Kind::Transaction,
        "PRAGMA" | "CALL" => Kind::ChangesWithRows,
        main if is(main, CHANGES) && piece.names("RETURNING") => Kind::ChangesWithRows,
        main if is(main, CHANGES) || is(main, OTHER_CHANGES) => Kind::Changes,
        _ => Kind::Unknown,
    }
}

/// The token that follows `EXPLAIN`, its `ANALYZE` and its options.
fn after_explain(piece: &Piece<'_>, explain: usize) -> usize {
    let mut at = explain + 1;
    if piece.tokens.get(at).and_then(|token| piece.word(token)).as_deref() == Some("ANALYZE") {
        at += 1;
    }
    let opens = piece.tokens.get(at).filter(|token| token.kind == TokenKind::Open);
    let is_options = piece
        .tokens
        .get(at + 1)
        .and_then(|token| piece.word(token))
        .is_some_and(|word| matches!(word.as_str(), "FORMAT" | "ANALYZE"));
    if let Some(open) = opens.filter(|_| is_options) {
        let closes = |token: &Token| token.kind == TokenKind::Close && token.depth == open.depth;
        at = piece
            .tokens
            .iter()
            .skip(at)
            .position(closes)
            .map_or(piece.tokens.len(), |length| at + length + 1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::split::pieces;
    use super::*;

    #[test]
    fn statements_are_known_by_their_words() {
        let rows = [
            "select 1",
            "FROM orders",
            "(SELECT 1)",
            "((VALUES (1)))",
            "WITH a AS (INSERT INTO t VALUES (1)) SELECT 1",
            "WITH a(b) AS (SELECT 1), c AS (SELECT 2) FROM a",
            "WITH RECURSIVE r AS (SELECT 1) TABLE r",
            "SHOW TABLES",
            "DESCRIBE orders",
            "SUMMARIZE orders",
            "PIVOT orders ON status",
        ];
        let changes = [
            "INSERT INTO t VALUES (1)",
            "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
            "with a as (select 1) delete from t",
            "UPDATE t SET a = 'returning'",
            "CREATE TABLE t (a INT)",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "COPY orders TO 'x.csv'",
            "ATTACH 'x'",
            "EXPORT DATABASE 'x'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET threads = 1",
            "CHECKPOINT",
            "DROP TABLE orders",
            "VACUUM",
        ];
        let with_rows = [
            "DELETE FROM t RETURNING *",
            "PRAGMA table_info('t')",
            "CALL pragma_version()",
            "EXPLAIN COPY t TO 'x'",
            "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
            "EXPLAIN (FORMAT JSON) DELETE FROM t",
            "EXPLAIN",
        ];
        let temporary = [
            "CREATE TEMP TABLE t AS SELECT 1",
            "create or replace temporary view v AS SELECT 1",
            "CREATE TEMP MACRO f(a) AS a + 1",
            "SET VARIABLE x = 1",
            "RESET VARIABLE x",
        ];
        for (kind, texts) in [
            (Kind::Rows, &rows[..]),
            (Kind::Changes, &changes),
            (Kind::ChangesWithRows, &with_rows),
            (Kind::Temporary, &temporary),
            (Kind::Unknown, &["orders", "'text'", "SELEC 1", "WITH a AS (SELECT 1)", "1"]),
            (Kind::Transaction, &["BEGIN", "start transaction", "COMMIT", "ROLLBACK"]),
        ] {
            for text in texts {
                assert_eq!(kind_of(&pieces(text)[0]), kind, "{text}");
            }
        }
    }

    #[test]
    fn the_plan_of_a_statement_is_known_from_where_it_begins() {
        for text in [
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE SELECT 1",
            "EXPLAIN (FORMAT JSON) SELECT 1",
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1",
            "EXPLAIN ANALYZE (FORMAT JSON) SELECT 1",
        ] {
            let Kind::Plan { of } = kind_of(&pieces(text)[0]) else { panic!("{text}") };
            assert_eq!(&text[of..], "SELECT 1");
        }
        assert_eq!(kind_of(&pieces("EXPLAIN (SELECT 1)")[0]), Kind::Plan { of: 8 });
    }
}
