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
    /// The bytes of a text that `quote()` does not write whole, or that is no UTF-8.
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

/// The SQL that makes the literal of an expression's value.
///
/// `quote()` alone would do, but it ends a text at a NUL character, and SQLite's shortest digits of a float do not always
/// read back the same; 18 do.
pub fn of(expression: &str) -> String {
    format!(
        "CASE typeof({expression}) WHEN 'real' THEN printf('%!.18g',{expression}) \
         WHEN 'text' THEN CASE WHEN instr({expression},char(0)) \
         THEN '{TEXT_BYTES}'||quote(CAST({expression} AS BLOB)) ELSE quote({expression}) END \
         ELSE quote({expression}) END"
    )
}

/// Begins a text that comes as hexadecimal digits. SQLite's `char(1)`.
const AS_HEX: char = '\u{1}';

/// The SQL that selects a text whole: SQLite's driver ends one at a NUL character, without a word.
pub fn whole_text(expression: &str) -> String {
    format!(
        "CASE WHEN instr({expression},char(0)) OR substr({expression},1,1)=char(1) \
         THEN char(1)||hex({expression}) ELSE {expression} END"
    )
}

/// Reads what [`whole_text`] selects.
pub fn read_whole_text(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.strip_prefix(AS_HEX).and_then(bytes) {
        Some(bytes) => Cow::Owned(visible(&bytes)),
        None => text,
    }
}

/// Stands for a NUL character: many a reader would end the text there.
pub const VISIBLE_NUL: &str = "␀";

/// A text of these bytes, with [`VISIBLE_NUL`] for each NUL character.
pub fn visible(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', VISIBLE_NUL)
}

impl<'a> Literal<'a> {
    /// Reads a literal as it comes from the driver; nothing where the bytes are none.
    pub fn read_bytes(bytes: &'a [u8]) -> Option<Self> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::read(text),
            Err(_) => {
                let inner = bytes.strip_prefix(b"'")?.strip_suffix(b"'")?;
                Some(Self::TextBytes(undoubled(inner)))
            }
        }
    }

    /// Reads a literal; nothing where the text is none.
    pub fn read(text: &'a str) -> Option<Self> {
        if let Some(quoted) = text.strip_prefix('\'') {
            let inner = quoted.strip_suffix('\'')?;
            let text = if inner.contains('\'') { Cow::Owned(inner.replace("''", "'")) } else { Cow::Borrowed(inner) };
            return Some(Self::Text(text));
        }
        if let Some(hex) = hex_of(text) {
            return bytes(hex).map(Self::Binary);
        }
        if let Some(hex) = text.strip_prefix(TEXT_BYTES).and_then(hex_of) {
            return bytes(hex).map(Self::TextBytes);
        }
        match text {
            "NULL" => Some(Self::Null),
            LONG => Some(Self::Long),
            // How `printf()` writes infinities.
            "Inf" => Some(Self::Double(f64::INFINITY)),
            "-Inf" => Some(Self::Double(f64::NEG_INFINITY)),
            number => number.parse().map(Self::Integer).or_else(|_| number.parse().map(Self::Double)).ok(),
        }
    }
}

/// A text without the second of each two quotes.
fn undoubled(quoted: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted.iter();
    while let Some(byte) = rest.next() {
        bytes.push(*byte);
        if *byte == b'\'' {
            rest.next();
        }
    }
    bytes
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
    fn a_nul_is_visible_and_every_other_text_stays() {
        for (cell, expected) in [("plain", "plain"), ("", ""), ("\u{1}610062", "a␀b"), ("\u{1}0161", "\u{1}a")] {
            assert_eq!(read_whole_text(cell.into()), expected);
        }
    }

    #[test]
    fn literals_keep_their_type() {
        for (text, expected) in [
            ("NULL", Literal::Null),
            ("-9223372036854775808", Literal::Integer(i64::MIN)),
            ("0.1", Literal::Double(0.1)),
            ("3.00000000000000044409e-01", Literal::Double(0.300_000_000_000_000_04)),
            ("-Inf", Literal::Double(f64::NEG_INFINITY)),
            ("'O''Brien'", Literal::Text("O'Brien".into())),
            ("'NULL'", Literal::Text("NULL".into())),
            ("''", Literal::Text("".into())),
            ("X'00FF'", Literal::Binary(vec![0, 255])),
            ("TX'6100'", Literal::TextBytes(b"a\0".to_vec())),
            ("'TX''6100'''", Literal::Text("TX'6100'".into())),
            ("long", Literal::Long),
        ] {
            assert_eq!(Literal::read(text), Some(expected), "{text}");
        }
        assert_eq!(Literal::read_bytes(b"'O''Brien'"), Some(Literal::Text("O'Brien".into())));
        assert_eq!(Literal::read_bytes(b"'O''\xff'"), Some(Literal::TextBytes(b"O'\xff".to_vec())));
        assert_eq!(Literal::read("'open"), None);
        assert_eq!(Literal::read("X'0'"), Some(Literal::Binary(vec![0])));
    }
}
