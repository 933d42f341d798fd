//! How many rows there are in all, as far as they are counted.

use serde::Serialize;

use crate::sql::select::COUNT_LIMIT;

/// How many rows there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// The count, or the least that is known.
    pub value: u64,
    /// True where there may be more.
    pub at_least: bool,
}

impl Total {
    /// Of what a statement counted.
    pub fn counted(value: u64) -> Self {
        Self { value, at_least: value >= COUNT_LIMIT }
    }
}

/// Why rows are not counted: the database's user lacks the privilege to count them.
pub const UNCOUNTED: &str = "privilege";
