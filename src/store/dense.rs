//! Counting distinct whole numbers by a bit for each of their range.

use super::{Store, StoreError, quote_identifier};

/// The widest range that the engine's aggregate takes; it needs 125 MB for it, which cannot be spilled to disk.
const MOST_BITS: i64 = 1_000_000_000;

impl Store {
    /// The number of distinct values in a column of whole numbers between `first` and `last`, counted in one pass with
    /// a bit for each number of the range. `None` if the range is wider than `most_bits`, or than the engine allows.
    pub fn count_dense(
        &self,
        table: &str,
        column: &str,
        (first, last): (i64, i64),
        most_bits: i64,
    ) -> Result<Option<i64>, StoreError> {
        if last.checked_sub(first).is_none_or(|width| width >= most_bits.min(MOST_BITS)) {
            return Ok(None);
        }
        // The engine takes the bounds as constants only.
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
        assert_eq!(store.count_dense("numbers", "n", (-3, i64::MAX), i64::MAX).unwrap(), None);
        assert_eq!(store.count_dense("numbers", "n", (i64::MIN, i64::MAX), i64::MAX).unwrap(), None);
        store.execute_text("a test's rows", "DELETE FROM numbers WHERE n > 7").unwrap();
        assert_eq!(store.count_dense("numbers", "n", (-3, 7), 10).unwrap(), None);
        assert_eq!(store.count_dense("numbers", "n", (-3, 7), 11).unwrap(), Some(3));
    }
}
