//! From what is asked to SQL text and bound values, per dialect. Pure functions: nothing here talks to a database.

pub mod catalog;
mod condition;
pub mod dialect;
pub mod literal;
pub mod packed;
pub mod part;
pub mod seek;
pub mod select;

use crate::table::Type;

use packed::{Packed, PackedValue};

pub use crate::dialect::Dialect;
pub use crate::param::Param;

/// How a cell is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// As characters.
    Text,
    /// As characters, by itself: a stream, which no buffer is wide enough for.
    LongText,
    /// As characters: a packed row, as long as declared or longer.
    Packed,
    /// As bytes.
    Binary,
    /// As a 64-bit floating point number, because the driver's text of it would lose digits.
    Double,
}

/// What the characters or bytes of a cell mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// A value of this type as the driver writes it; the scale of a decimal where declared.
    Plain(Type, Option<u32>),
    /// An SQLite literal, made by [`literal::of`]: the value with its own type, in a column of this type and scale.
    SqliteLiteral(Type, Option<u32>),
    /// The number of bytes of a value that is not selected itself.
    Size,
    /// A moment or a time of day as PostgreSQL writes it: an offset of whole hours without its minutes.
    PostgresMoment,
}

/// One column of a result.
#[derive(Debug, Clone)]
pub struct Output {
    /// The expression in the select list.
    pub expression: String,
    /// What this is a column of, to remember how long its values are. The same for every query of the same column.
    pub origin: String,
    /// How it is fetched.
    pub fetch: Fetch,
    /// What it means.
    pub coding: Coding,
    /// The longest value in characters, where declared. Values may be longer all the same.
    pub declared: Option<usize>,
    /// How it is selected for a packed row, where that is cheaper than the expression.
    pub packed: Option<PackedValue>,
}

/// A statement to be run.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The SQL, with `?` for each value.
    pub text: String,
    /// The values, in their order.
    pub params: Vec<Param>,
    /// The columns it returns.
    pub outputs: Vec<Output>,
    /// How many rows it returns at most, to size buffers.
    pub rows: usize,
    /// A cheaper statement of the same rows. It fails where they cannot be packed.
    pub packed: Option<Box<Packed>>,
}
