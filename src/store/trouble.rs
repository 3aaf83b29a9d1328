//! Recognising failures of the machine in the engine's messages: a damaged file, a full disk.

use super::StoreError;

/// A failure of the file or the disk rather than of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Parts of the file are corrupt.
    Damaged,
    /// The disk is full.
    NoRoom,
}

/// The trouble that a message of the engine reports, if any.
pub(super) fn trouble(message: &str) -> Option<Trouble> {
    let tells = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if tells(&["No space left on device", "Disk quota exceeded", "not enough space on the disk"]) {
        Some(Trouble::NoRoom)
    } else if tells(&["Corrupt database file"]) || message.starts_with("Serialization Error") {
        Some(Trouble::Damaged)
    } else {
        None
    }
}

impl StoreError {
    /// What is wrong with the file or the disk, if that is the cause.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            StoreError::Damaged { .. } => Some(Trouble::Damaged),
            StoreError::NoRoom { .. } => Some(Trouble::NoRoom),
            StoreError::Query { .. } | StoreError::Statement { .. } | StoreError::Engine(_) => {
                trouble(&self.engine_message())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_engine_are_understood() {
        for (message, means) in [
            (
                "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 274432",
                Some(Trouble::Damaged),
            ),
            ("Serialization Error: Failed to deserialize: field id mismatch", Some(Trouble::Damaged)),
            (
                "IO Error: Could not write file \"/mnt/x.duckdb\": No space left on device",
                Some(Trouble::NoRoom),
            ),
            ("Binder Error: Referenced column \"key\" not found in FROM clause!", None),
            ("Conversion Error: Could not convert string 'x' to INT32", None),
        ] {
            assert_eq!(trouble(message), means, "{message}");
        }
    }
}
