//! SQLite's literals: values with their own type, as texts.

use std::borrow::Cow;

use super::Param;
use crate::payload::MAX_PAYLOAD_BYTES;

/// A value with its type. NULL is not among them: it comes as NULL.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal<'a> {
    /// A whole number.
    Integer(i64),
    /// A floating point number, perhaps infinite.
    Double(f64),
    /// Text.
    Text(&'a str),
    /// The bytes of a text with a NUL character, or of one that is no UTF-8.
    TextBytes(Vec<u8>),
    /// Bytes.
    Binary(Vec<u8>),
    /// [`LONG`]: a text or bytes too long to stand here.
    Long,
}

/// Stands for a long value; no literal looks like it.
pub const LONG: &str = "long";

/// Stands before the bytes of a text.
const TEXT_BYTES: &str = "T";

/// Characters or bytes of a value that are asked for at most: a longer one fits no answer and is cut anyway.
pub const LONGEST: usize = MAX_PAYLOAD_BYTES + 1;

/// The SQL for so many bytes of a blob, from the first (1) or a later one. SQLite's `substr` makes NULL of no bytes.
pub fn part_of_bytes(blob: &str, from: u64, count: u64) -> String {
    format!("coalesce(substr({blob},{from},{count}),{blob})")
}

/// The SQL that makes the literal of an expression's value, or of its beginning where it has more than [`LONGEST`].
///
/// A text has one quote before it and none after it. `quote()` alone would tell values apart as well, but takes three
/// times as long and ends a text at a NUL character. SQLite's shortest digits of a float do not always read back the
/// same; 18 do.
pub fn of(expression: &str) -> String {
    format!(
        "CASE typeof({expression}) WHEN 'text' THEN CASE WHEN instr({expression},char(0)) \
         THEN '{TEXT_BYTES}'||quote(substr(CAST({expression} AS BLOB),1,{LONGEST})) \
         WHEN length(CAST({expression} AS BLOB))>{LONGEST} THEN ''''||substr({expression},1,{LONGEST}) \
         ELSE ''''||{expression} END \
         WHEN 'real' THEN printf('%!.18g',{expression}) \
         WHEN 'blob' THEN quote({}) ELSE {expression} END",
        part_of_bytes(expression, 1, LONGEST as u64)
    )
}

/// Stands for a NUL character: many a reader would end the text there.
pub const VISIBLE_NUL: &str = "␀";

/// A text of these bytes, with [`VISIBLE_NUL`] for each NUL character.
pub fn visible(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', VISIBLE_NUL)
}

impl<'a> Literal<'a> {
    /// Exactly the value that is bound: a row that has it is found by that. A whole number may be kept as a float.
    pub fn is(&self, bound: &Param) -> bool {
        match (self, bound) {
            (Self::Integer(kept), Param::Integer(bound)) => kept == bound,
            (Self::Double(kept), Param::Double(bound)) => kept == bound,
            (Self::Double(float), Param::Integer(whole)) | (Self::Integer(whole), Param::Double(float)) => {
                same_number(*float, *whole)
            }
            (Self::Text(kept), Param::Text(bound)) => kept == bound,
            (Self::Binary(kept), Param::Binary(bound)) => kept == bound,
            _ => false,
        }
    }

    /// The value as it is kept, with nothing added that its column's type would add; nothing where no text says it.
    pub fn bare(&self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Double(number) if number.is_finite() => Cow::Owned(number.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            _ => return None,
        })
    }

    /// Reads a literal as it comes from the driver; nothing where the bytes are none.
    pub fn read_bytes(bytes: &'a [u8]) -> Option<Self> {
        match (bytes, std::str::from_utf8(bytes)) {
            (_, Ok(text)) => Self::read(text),
            ([b'\'', text @ ..], Err(_)) => Some(Self::TextBytes(text.to_vec())),
            (_, Err(_)) => None,
        }
    }

    /// Reads a literal; nothing where the text is none.
    pub fn read(text: &'a str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'\'' => Some(Self::Text(&text[1..])),
            // `printf()` writes infinities as `Inf`.
            b'0'..=b'9' | b'-' | b'I' => {
                text.parse().map(Self::Integer).or_else(|_| text.parse().map(Self::Double)).ok()
            }
            b'X' => bytes(hex_of(text)?).map(Self::Binary),
            b'T' => bytes(hex_of(text.strip_prefix(TEXT_BYTES)?)?).map(Self::TextBytes),
            _ => (text == LONG).then_some(Self::Long),
        }
    }
}

/// 2⁶³, the first float that is no 64-bit integer any more.
const BEYOND_INTEGERS: f64 = 9_223_372_036_854_775_808.0;

fn same_number(float: f64, whole: i64) -> bool {
    float.fract() == 0.0 && (-BEYOND_INTEGERS..BEYOND_INTEGERS).contains(&float) && float as i64 == whole
}

/// The digits of `X'…'`.
fn hex_of(text: &str) -> Option<&str> {
    text.strip_prefix("X'")?.strip_suffix('\'')
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_as_integer_and_as_float_only_where_both_are_exact() {
        let is = |literal: Literal<'_>, bound: Param| literal.is(&bound);
        assert!(is(Literal::Integer(7), Param::Double(7.0)));
        assert!(is(Literal::Double(9_007_199_254_740_992.0), Param::Integer(9_007_199_254_740_992)));
        assert!(!is(Literal::Integer(9_007_199_254_740_993), Param::Double(9_007_199_254_740_992.0)));
        assert!(!is(Literal::Integer(i64::MAX), Param::Double(9_223_372_036_854_775_808.0)));
        assert!(!is(Literal::Integer(0), Param::Double(0.5)));
        assert!(!is(Literal::Text("7"), Param::Integer(7)));
        assert!(!is(Literal::Double(f64::NEG_INFINITY), Param::Integer(i64::MIN)));
    }

    #[test]
    fn literals_keep_their_type() {
        for (text, expected) in [
            ("-9223372036854775808", Literal::Integer(i64::MIN)),
            ("0.1", Literal::Double(0.1)),
            ("3.00000000000000044409e-01", Literal::Double(0.300_000_000_000_000_04)),
            ("-Inf", Literal::Double(f64::NEG_INFINITY)),
            ("'O'Brien", Literal::Text("O'Brien")),
            ("'7", Literal::Text("7")),
            ("''", Literal::Text("'")),
            ("'", Literal::Text("")),
            ("X'00FF'", Literal::Binary(vec![0, 255])),
            ("TX'6100'", Literal::TextBytes(b"a\0".to_vec())),
            ("'TX'6100'", Literal::Text("TX'6100'")),
            ("long", Literal::Long),
        ] {
            assert_eq!(Literal::read(text), Some(expected), "{text}");
        }
        assert_eq!(Literal::read_bytes("'é".as_bytes()), Some(Literal::Text("é")));
        assert_eq!(Literal::read_bytes(b"'O'\xff"), Some(Literal::TextBytes(b"O'\xff".to_vec())));
        assert_eq!(Literal::read("open"), None);
        assert_eq!(Literal::read("X'0'"), Some(Literal::Binary(vec![0])));
    }
}
