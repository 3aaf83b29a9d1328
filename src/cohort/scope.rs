//! The scope of a rebuild.

/// Which rows are rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebuildScope {
    /// From each activity's first month that a verification finds different.
    Stale,
    /// From this offset on.
    From(u32),
    /// From the start, after determining the members from the orders again.
    Refreeze,
    /// None: each activity's last row is kept, the earlier ones are deleted.
    KeepLast,
}
