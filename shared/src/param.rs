//! A value on its way to the database.

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
    /// Bytes.
    Binary(Vec<u8>),
}

impl std::fmt::Debug for Param {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Integer(_) => "integer",
            Self::Double(_) => "double",
            Self::Decimal(_) => "decimal",
            Self::Text(_) => "text",
            Self::Binary(_) => "binary",
        })
    }
}
