//! Values on their way to the database.

use crate::timestamp::Timestamp;

/// A value bound to a placeholder. Its `Debug` hides the value: values never reach a log.
#[derive(Clone, PartialEq)]
pub enum Param {
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Double(f64),
    /// A decimal number with all its digits: a sign, digits, perhaps a point and digits.
    Decimal(String),
    /// Text, in UTF-8.
    Text(String),
    /// Text that others are greater or less than. One that the database has no letters for cannot be
    /// that, while it equals none.
    Ordered(String),
    /// Text that is not UTF-8, as SQLite and PostgreSQL's SQL_ASCII may hold it.
    RawText(Vec<u8>),
    /// Bytes.
    Binary(Vec<u8>),
}

impl std::fmt::Debug for Param {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Integer(_) => "integer",
            Self::Double(_) => "double",
            Self::Decimal(_) => "decimal",
            Self::Text(_) | Self::Ordered(_) => "text",
            Self::RawText(_) => "raw text",
            Self::Binary(_) => "binary",
        })
    }
}

impl Param {
    /// The same as what others are greater or less than.
    pub fn ordered(self) -> Self {
        match self {
            Self::Text(text) => Self::Ordered(text),
            other => other,
        }
    }
}

/// What a column is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// One value.
    One(Param),
    /// The spellings in which the value may be stored, where a column keeps values of any type. The
    /// first one decides the order.
    Several(Vec<Param>),
    /// A timestamp, date or time of day that is stored as text, in one of many spellings.
    Timestamp(Timestamp),
}

impl Operand {
    /// The one value that is meant where several rows have one of its spellings.
    pub fn exact(&self) -> Option<Param> {
        match self {
            Self::One(param) => Some(param.clone()),
            Self::Several(spellings) => spellings.first().cloned(),
            Self::Timestamp(timestamp) => Some(Param::Text(timestamp.given.clone())),
        }
    }

    /// Every value that equals it.
    pub fn spellings(&self) -> Vec<Param> {
        match self {
            Self::One(param) => vec![param.clone()],
            Self::Several(spellings) => spellings.clone(),
            Self::Timestamp(timestamp) => {
                timestamp.spellings().into_iter().map(Param::Text).collect()
            }
        }
    }
}
