//! SQLite's literals: what `quote()` makes of a value that has its own type.

use std::borrow::Cow;

/// A value with its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number, perhaps infinite.
    Double(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Binary(Vec<u8>),
    /// [`LONG`]: a text or bytes too long to stand here.
    Long,
}

/// Stands for a long value; no literal looks like it.
pub const LONG: &str = "long";

impl<'a> Literal<'a> {
    /// Reads a literal; nothing where the text is none.
    pub fn read(text: &'a str) -> Option<Self> {
        if let Some(quoted) = text.strip_prefix('\'') {
            let inner = quoted.strip_suffix('\'')?;
            let text = if inner.contains('\'') { Cow::Owned(inner.replace("''", "'")) } else { Cow::Borrowed(inner) };
            return Some(Self::Text(text));
        }
        if let Some(hex) = text.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\'')) {
            return bytes(hex).map(Self::Binary);
        }
        match text {
            "NULL" => Some(Self::Null),
            LONG => Some(Self::Long),
            // SQLite writes infinities as 9.0e+999 and as Inf.
            "Inf" => Some(Self::Double(f64::INFINITY)),
            "-Inf" => Some(Self::Double(f64::NEG_INFINITY)),
            number => number.parse().map(Self::Integer).or_else(|_| number.parse().map(Self::Double)).ok(),
        }
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_keep_their_type() {
        for (text, expected) in [
            ("NULL", Literal::Null),
            ("-9223372036854775808", Literal::Integer(i64::MIN)),
            ("0.1", Literal::Double(0.1)),
            ("3.00000000000000044409e-01", Literal::Double(0.300_000_000_000_000_044_4)),
            ("9.0e+999", Literal::Double(f64::INFINITY)),
            ("'O''Brien'", Literal::Text("O'Brien".into())),
            ("'NULL'", Literal::Text("NULL".into())),
            ("''", Literal::Text("".into())),
            ("X'00FF'", Literal::Binary(vec![0, 255])),
            ("long", Literal::Long),
        ] {
            assert_eq!(Literal::read(text), Some(expected), "{text}");
        }
        assert_eq!(Literal::read("'open"), None);
        assert_eq!(Literal::read("X'0'"), Some(Literal::Binary(vec![0])));
    }
}
