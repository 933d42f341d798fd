//! A cell's bytes as a value that a client may see: DESIGN's table of values, in one place for every representation.

use std::borrow::Cow;

use crate::sql::Coding;
use crate::sql::literal::{Literal, visible};
use crate::table::Type;

/// The largest integer that every JSON reader keeps exact, RFC 8259 section 6: 2⁵³ − 1.
const SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A value as clients see it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL, and floating point numbers that are none.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number that JSON readers keep exact, as it is written.
    Number(Cow<'a, str>),
    /// Text; also numbers that JSON readers would round, with all their digits.
    Text(Cow<'a, str>),
    /// Bytes.
    Binary(Cow<'a, [u8]>),
    /// Bytes, of which only the number was asked for.
    Size(u64),
}

/// Reads a cell.
pub fn value(cell: Option<&[u8]>, coding: Coding) -> Value<'_> {
    let Some(bytes) = cell else { return Value::Null };
    match coding {
        Coding::Plain(Type::Binary, _) => Value::Binary(Cow::Borrowed(bytes)),
        Coding::Plain(kind, scale) => plain(String::from_utf8_lossy(bytes), kind, scale),
        Coding::Size => {
            std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).map_or(Value::Null, Value::Size)
        }
        Coding::SqliteLiteral(kind, scale) => literal(bytes, kind, scale),
        Coding::PostgresMoment => Value::Text(Cow::Owned(postgres_moment(&String::from_utf8_lossy(bytes)))),
    }
}

fn plain(text: Cow<'_, str>, kind: Type, scale: Option<u32>) -> Value<'_> {
    match kind {
        Type::Integer => integer(text),
        Type::Decimal => Value::Text(decimal(text, scale)),
        Type::Double => match text.trim().parse() {
            Ok(number) => double(number),
            Err(_) => Value::Text(text),
        },
        Type::Boolean => match text.as_ref() {
            "1" | "t" | "true" | "TRUE" => Value::Boolean(true),
            "0" | "f" | "false" | "FALSE" => Value::Boolean(false),
            // SQLite keeps whatever it is given: shown as it is.
            _ => Value::Text(text),
        },
        Type::Timestamp => Value::Text(timestamp(text)),
        Type::Date | Type::Time | Type::Text | Type::Binary | Type::Dynamic => Value::Text(text),
    }
}

fn integer(text: Cow<'_, str>) -> Value<'_> {
    match text.parse() {
        Ok(number) => whole(number, text),
        Err(_) => Value::Text(text),
    }
}

/// A whole number with the text that it was read from.
fn whole(number: i64, text: Cow<'_, str>) -> Value<'_> {
    if number.unsigned_abs() > SAFE_INTEGER {
        return Value::Text(text);
    }
    // `+7` and `007` are no numbers of JSON.
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let is_json = digits.len() == 1 || !digits.starts_with(['+', '0']);
    Value::Number(if is_json { text } else { Cow::Owned(number.to_string()) })
}

/// The shortest digits that read back as the same number; NaN and infinities have no place in JSON.
fn double<'a>(number: f64) -> Value<'a> {
    match serde_json::Number::from_f64(number) {
        Some(number) => Value::Number(Cow::Owned(number.to_string())),
        None => Value::Null,
    }
}

/// A decimal with all its digits and at least as many after the point as declared; `.5` gets its zero.
fn decimal(text: Cow<'_, str>, scale: Option<u32>) -> Cow<'_, str> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_ref()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let missing = (scale.unwrap_or(0) as usize).saturating_sub(fraction.len());
    if !is_number || (missing == 0 && !whole.is_empty()) {
        return text;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() && missing == 0 { "" } else { "." };
    Cow::Owned(format!("{sign}{whole}{point}{fraction}{}", "0".repeat(missing)))
}

/// ISO 8601 has a `T` where databases have a blank.
fn timestamp(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() > 10 && bytes[10] == b' ' && bytes[4] == b'-' && bytes[7] == b'-';
    if !shaped {
        return text;
    }
    let mut owned = text.into_owned();
    owned.replace_range(10..11, "T");
    Cow::Owned(owned)
}

/// A moment or a time of day as PostgreSQL writes it, with a `T` and with an offset that has its minutes: `+00` is none that
/// readers of ISO 8601 must know. Years beyond 9999 and before Christ, and infinities, stay as they are.
fn postgres_moment(text: &str) -> String {
    let (moment, era) = text.strip_suffix(" BC").map_or((text, ""), |moment| (moment, " BC"));
    let last = moment.rsplit(':').next().unwrap_or_default();
    let has_hours_only = last.len() < moment.len()
        && last.find(['+', '-']).is_some_and(|sign| last.len() == sign + 3 && last.is_char_boundary(sign));
    format!("{}{}{era}", moment.replacen(' ', "T", 1), if has_hours_only { ":00" } else { "" })
}

/// A value of SQLite, whatever its column is declared as: what does not fit that is shown as it is.
fn literal(cell: &[u8], kind: Type, scale: Option<u32>) -> Value<'_> {
    let as_bytes = kind == Type::Binary;
    // What is no UTF-8 can only be the bytes of a text.
    let (text, literal) = match std::str::from_utf8(cell) {
        Ok(text) => (text, Literal::read(text)),
        Err(_) => ("", Literal::read_bytes(cell)),
    };
    match literal {
        Some(Literal::Binary(bytes)) => Value::Binary(Cow::Owned(bytes)),
        Some(Literal::TextBytes(bytes)) if as_bytes => Value::Binary(Cow::Owned(bytes)),
        Some(Literal::TextBytes(bytes)) => Value::Text(Cow::Owned(visible(&bytes))),
        Some(value @ (Literal::Integer(_) | Literal::Double(_) | Literal::Text(_))) if as_bytes => {
            Value::Binary(Cow::Owned(value.bare().unwrap_or_default().into_owned().into_bytes()))
        }
        Some(Literal::Integer(number)) => match kind {
            Type::Integer | Type::Dynamic | Type::Double => whole(number, text.into()),
            kind => plain(text.into(), kind, scale),
        },
        Some(Literal::Double(number)) => float(number, kind, scale),
        Some(Literal::Text(text)) => match kind {
            Type::Boolean | Type::Timestamp => plain(text.into(), kind, scale),
            _ => Value::Text(text.into()),
        },
        Some(Literal::Long) | None => Value::Text(String::from_utf8_lossy(cell)),
    }
}

/// A float of SQLite by the shortest digits that read back the same.
fn float<'a>(number: f64, kind: Type, scale: Option<u32>) -> Value<'a> {
    match (kind, double(number)) {
        // A decimal has no exponent; Rust's own digits of a float never have one.
        (Type::Decimal, Value::Number(digits)) if digits.contains('e') => {
            Value::Text(decimal(number.to_string().into(), scale))
        }
        (Type::Decimal, Value::Number(digits)) => {
            let digits = digits.strip_suffix(".0").map_or(digits.clone(), |whole| whole.to_owned().into());
            Value::Text(decimal(digits, scale))
        }
        (Type::Double | Type::Dynamic, value) => value,
        (_, Value::Number(text)) => Value::Text(text),
        (_, value) => value,
    }
}

/// What stands at the end of a text that was cut.
const CUT_MARK: &str = "… [cut]";

impl Value<'_> {
    /// The value as a text of at most so many characters, visibly cut; nothing where it is short enough as it is.
    pub fn cut(&self, limit: usize) -> Option<Self> {
        let whole = self.text()?;
        let (end, _) = whole.char_indices().nth(limit)?;
        Some(Self::Text(Cow::Owned(format!("{}{CUT_MARK}", &whole[..end]))))
    }

    /// The value as the text that a URL or a CSV field holds; NULL has none, bytes have their base64.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        use base64_simd::STANDARD;
        Some(match self {
            Self::Null => return None,
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Number(text) | Self::Text(text) => Cow::Borrowed(text),
            Self::Binary(bytes) => Cow::Owned(STANDARD.encode_to_string(bytes)),
            Self::Size(bytes) => Cow::Owned(bytes.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, coding: Coding) -> Value<'_> {
        value(Some(text.as_bytes()), coding)
    }

    #[test]
    fn integers_beyond_what_json_readers_keep_are_texts() {
        let coding = Coding::Plain(Type::Integer, None);
        assert_eq!(shown("9007199254740991", coding), Value::Number("9007199254740991".into()));
        assert_eq!(shown("-9007199254740991", coding), Value::Number("-9007199254740991".into()));
        assert_eq!(shown("9007199254740992", coding), Value::Text("9007199254740992".into()));
        assert_eq!(shown("-9223372036854775808", coding), Value::Text("-9223372036854775808".into()));
        assert_eq!(shown("seven", coding), Value::Text("seven".into()));
        for (text, number) in [("+7", "7"), ("007", "7"), ("-07", "-7"), ("00", "0"), ("-0", "-0"), ("10", "10")] {
            assert_eq!(shown(text, coding), Value::Number(number.into()), "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_digits_and_their_scale() {
        for (text, scale, expected) in [
            ("0.1", Some(2), "0.10"),
            ("-.5", Some(2), "-0.50"),
            (".5", None, "0.5"),
            ("7", Some(3), "7.000"),
            ("7", Some(0), "7"),
            ("1.2345", Some(2), "1.2345"),
            ("12345678901234567890.1234", Some(4), "12345678901234567890.1234"),
            ("NaN", Some(2), "NaN"),
            ("-", Some(2), "-"),
            ("-.", Some(2), "-."),
            ("", Some(2), ""),
        ] {
            assert_eq!(shown(text, Coding::Plain(Type::Decimal, scale)), Value::Text(expected.into()), "{text}");
        }
    }

    #[test]
    fn floats_of_sqlite_keep_every_digit_in_any_column() {
        for (text, kind, expected) in [
            ("0.100000000000000006", Type::Decimal, "0.10"),
            ("0.300000000000000044", Type::Decimal, "0.30000000000000004"),
            ("0.300000000000000044", Type::Integer, "0.30000000000000004"),
            ("123456789012345.67", Type::Decimal, "123456789012345.67"),
            ("1.0e+20", Type::Decimal, "100000000000000000000.00"),
            ("12345678901234567", Type::Decimal, "12345678901234567.00"),
            ("'unknown", Type::Decimal, "unknown"),
        ] {
            assert_eq!(shown(text, Coding::SqliteLiteral(kind, Some(2))), Value::Text(expected.into()), "{text}");
        }
        assert_eq!(shown("Inf", Coding::SqliteLiteral(Type::Date, None)), Value::Null);
        assert_eq!(shown("X'00'", Coding::SqliteLiteral(Type::Date, None)), Value::Binary(vec![0].into()));
    }

    #[test]
    fn doubles_are_shortest_and_finite() {
        let coding = Coding::Plain(Type::Double, None);
        assert_eq!(shown("0.10000000000000001", coding), Value::Number("0.1".into()));
        assert_eq!(shown("1e300", coding), Value::Number("1e+300".into()));
        for text in ["NaN", "inf", "-Infinity", "Inf"] {
            assert_eq!(shown(text, coding), Value::Null, "{text}");
        }
    }

    #[test]
    fn moments_are_iso_8601() {
        let coding = Coding::Plain(Type::Timestamp, None);
        for (text, expected) in [
            ("2024-02-29 13:14:15.123", "2024-02-29T13:14:15.123"),
            ("2024-02-29T13:14:15Z", "2024-02-29T13:14:15Z"),
            ("2024-02-29", "2024-02-29"),
            ("next Tuesday x", "next Tuesday x"),
        ] {
            assert_eq!(shown(text, coding), Value::Text(expected.into()));
        }
    }

    #[test]
    fn moments_of_postgresql_have_whole_offsets() {
        for (text, expected) in [
            ("2024-02-29 13:14:15.123+00", "2024-02-29T13:14:15.123+00:00"),
            ("2024-02-29 13:14:15-03", "2024-02-29T13:14:15-03:00"),
            ("13:14:15+05:30", "13:14:15+05:30"),
            ("13:14:15.5-08", "13:14:15.5-08:00"),
            ("13:14:15+00:53:28", "13:14:15+00:53:28"),
            ("24:00:00", "24:00:00"),
            ("2024-02-29 13:14:15", "2024-02-29T13:14:15"),
            ("10000-01-01 00:00:00+00", "10000-01-01T00:00:00+00:00"),
            ("0044-03-15 12:00:00+00 BC", "0044-03-15T12:00:00+00:00 BC"),
            ("-infinity", "-infinity"),
        ] {
            assert_eq!(shown(text, Coding::PostgresMoment), Value::Text(expected.into()));
        }
    }

    #[test]
    fn a_text_stays_a_text() {
        assert_eq!(shown("007", Coding::Plain(Type::Text, None)), Value::Text("007".into()));
        assert_eq!(shown("", Coding::Plain(Type::Text, None)), Value::Text("".into()));
        assert_eq!(value(None, Coding::Plain(Type::Text, None)), Value::Null);
        assert_eq!(shown("'007", Coding::SqliteLiteral(Type::Dynamic, None)), Value::Text("007".into()));
        assert_eq!(shown("7", Coding::SqliteLiteral(Type::Dynamic, None)), Value::Number("7".into()));
    }
}
