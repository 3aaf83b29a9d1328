//! How much is written anew.

/// From where on rows are written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebuildScope {
    /// From the first month of each activity that a verification finds differing.
    Stale,
    /// From this offset on.
    From(u32),
    /// From the start, after deriving the members from the orders again.
    Refreeze,
    /// Nothing is written anew: each activity's last row stays, the earlier go.
    KeepLast,
}
