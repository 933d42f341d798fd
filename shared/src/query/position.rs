//! Where a page starts, as a token says it.

use crate::param::Param;

/// Where a page starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// How many rows the pages before it had.
    pub before: u64,
    /// Where it goes on.
    pub start: Start,
}

/// Where a page goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// After the row that has these values, one for each term.
    After(Vec<SeekValue>),
    /// After as many rows as there were before: only where nothing identifies a row.
    Offset,
}

/// A term's value in the last row of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum SeekValue {
    /// NULL.
    Null,
    /// A value.
    Value(Param),
    /// A value too long for an address: it is looked up in the row that the key's terms name.
    OfRow,
}
