//! Counting distinct whole numbers by a bit for each of their range.

use super::{Store, StoreError, quote_identifier};

/// The numbers from the first to the last may be this many times as many as the rows: beyond, grouping is cheaper.
const BITS_PER_ROW: i64 = 64;

/// The engine's aggregate takes no wider range.
const MOST_BITS: i64 = 1_000_000_000;

impl Store {
    /// How many distinct numbers a column of `rows` whole numbers holds, of which `first` is the least and `last` the
    /// greatest: in one pass, with a bit for each number of the range. `None` if the range is too wide for that.
    pub fn count_dense(
        &self,
        table: &str,
        column: &str,
        rows: i64,
        (first, last): (i64, i64),
    ) -> Result<Option<i64>, StoreError> {
        let most = rows.saturating_mul(BITS_PER_ROW).min(MOST_BITS);
        if last.checked_sub(first).is_none_or(|width| width >= most) {
            return Ok(None);
        }
        let sql = format!(
            "SELECT bit_count(bitstring_agg({}, {first}, {last})) FROM {}",
            quote_identifier(column),
            quote_identifier(table),
        );
        Ok(self.rows_text("counting distinct numbers", &sql, |row| row.get(0))?.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{OpenOptions, Store};

    #[test]
    fn numbers_are_counted_once_and_wide_ranges_not_at_all() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let made = "CREATE TABLE numbers AS SELECT unnest([-3, 5, 5, 7, 9223372036854775807]) AS n";
        store.execute_text("a test's rows", made).unwrap();
        assert_eq!(store.count_dense("numbers", "n", 5, (-3, i64::MAX)).unwrap(), None);
        assert_eq!(store.count_dense("numbers", "n", 5, (i64::MIN, i64::MAX)).unwrap(), None);
        store.execute_text("a test's rows", "DELETE FROM numbers WHERE n > 7").unwrap();
        assert_eq!(store.count_dense("numbers", "n", 4, (-3, 7)).unwrap(), Some(3));
    }
}
