//! A statement on its way to the database, and what the columns of its result are.

use crate::param::Param;
use crate::table::Type;

/// The alias of the table that is read.
pub const ALIAS: &str = "t";

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
}

/// One column of a result.
#[derive(Debug, Clone)]
pub struct Output {
    /// The expression in the select list.
    pub expression: String,
    /// Which column of which table this is, to remember how long its values are. The same in every
    /// query of that column.
    pub origin: String,
    /// What an ODBC driver is asked for. SQLite's values come with the types that they have.
    pub fetch: Fetch,
    /// What the cells mean.
    pub meaning: Meaning,
    /// The longest value in characters, where declared. Values may be longer all the same.
    pub declared: Option<usize>,
}

/// How an ODBC driver is asked for a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// As characters.
    Text,
    /// As characters, by itself: a stream, which no buffer is wide enough for.
    LongText,
    /// As bytes.
    Binary,
    /// As a 64-bit integer.
    Integer,
    /// As a 64-bit floating point number, because the driver's text of it would lose digits.
    Double,
}

/// What the cells of a result's column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Values of a column of this type; the scale of a decimal where declared.
    Value(Type, Option<u32>),
    /// Values of a timestamp or time of day whose offset may come without its minutes: `+00`.
    ShortOffset,
    /// The number of bytes of a value that is not selected itself.
    Size,
}

/// SQL text with its values, grown piece by piece.
#[derive(Debug, Default)]
pub struct Condition {
    /// The text so far.
    pub text: String,
    /// Its values in their order.
    pub params: Vec<Param>,
}

impl Output {
    /// A whole number that is no column of a table, such as a count.
    pub fn number(expression: &str) -> Self {
        Self {
            expression: expression.to_owned(),
            origin: expression.to_owned(),
            fetch: Fetch::Integer,
            meaning: Meaning::Value(Type::Integer, None),
            declared: Some(40),
        }
    }
}
