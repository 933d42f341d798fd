//! A cell as a value that a client may see, in one place for every representation.

use std::borrow::Cow;

use crate::cell::Cell;
use crate::statement::Meaning;
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
    /// A whole number that JSON readers keep exact.
    Integer(i64),
    /// A finite number by its shortest digits.
    Double(f64),
    /// A number that JSON readers keep exact, as it is written.
    Number(Cow<'a, str>),
    /// Text; also numbers that JSON readers would round, with all their digits.
    Text(Cow<'a, str>),
    /// Bytes.
    Binary(Cow<'a, [u8]>),
    /// Bytes, of which only the number was asked for.
    Size(u64),
}

/// What a cell is to a client. Where values of any type may stand in any column, one that does not
/// fit its column's type is shown as it is.
pub fn value(cell: Cell<'_>, meaning: Meaning) -> Value<'_> {
    let (kind, scale) = match meaning {
        Meaning::Value(kind, scale) => (kind, scale),
        Meaning::ShortOffset => {
            return cell.text().map_or(Value::Null, |text| Value::Text(with_minutes(&text).into()));
        }
        Meaning::Size => return size(cell),
    };
    match cell {
        Cell::Null => Value::Null,
        Cell::Bytes(bytes) => Value::Binary(Cow::Borrowed(bytes)),
        Cell::Text(bytes) if kind == Type::Binary => Value::Binary(Cow::Borrowed(bytes)),
        // The same as the lossy reading alone, which takes twice as long for a short text.
        Cell::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => of_text(Cow::Borrowed(text), kind, scale),
            Err(_) => of_text(String::from_utf8_lossy(bytes), kind, scale),
        },
        Cell::Integer(number) => of_integer(number, kind, scale),
        Cell::Double(number) => of_double(number, kind, scale),
    }
}

fn size(cell: Cell<'_>) -> Value<'_> {
    match cell {
        Cell::Integer(bytes) => u64::try_from(bytes).map_or(Value::Null, Value::Size),
        _ => Value::Null,
    }
}

fn of_text(text: Cow<'_, str>, kind: Type, scale: Option<u32>) -> Value<'_> {
    match kind {
        Type::Decimal => Value::Text(decimal(text, scale)),
        Type::Boolean => match text.as_ref() {
            "1" | "t" | "true" | "TRUE" => Value::Boolean(true),
            "0" | "f" | "false" | "FALSE" => Value::Boolean(false),
            _ => Value::Text(text),
        },
        Type::Timestamp => Value::Text(timestamp(text)),
        _ => Value::Text(text),
    }
}

fn of_integer<'a>(number: i64, kind: Type, scale: Option<u32>) -> Value<'a> {
    let is_safe = number.unsigned_abs() <= SAFE_INTEGER;
    match (kind, number) {
        (Type::Boolean, 0 | 1) => Value::Boolean(number == 1),
        (Type::Integer | Type::Dynamic | Type::Double, _) if is_safe => Value::Integer(number),
        (Type::Decimal, _) => Value::Text(decimal(itoa(number).into(), scale)),
        (Type::Binary, _) => Value::Binary(Cow::Owned(itoa(number).into_bytes())),
        _ => Value::Text(Cow::Owned(itoa(number))),
    }
}

fn itoa(number: i64) -> String {
    number.to_string()
}

/// A float by the shortest digits that read back the same; NaN and infinities have no place in JSON.
fn of_double<'a>(number: f64, kind: Type, scale: Option<u32>) -> Value<'a> {
    match kind {
        Type::Binary => Value::Binary(Cow::Owned(number.to_string().into_bytes())),
        _ if !number.is_finite() => Value::Null,
        Type::Double | Type::Dynamic => Value::Double(number),
        Type::Decimal => {
            let mut digits = shortest(number);
            if digits.contains('e') {
                // A decimal has no exponent; Rust's own digits of a float never have one.
                digits = number.to_string();
            } else if digits.ends_with(".0") {
                digits.truncate(digits.len() - ".0".len());
            }
            Value::Text(decimal(digits.into(), scale))
        }
        _ => Value::Text(shortest(number).into()),
    }
}

/// Characters of a float's shortest digits at most, `-2.2250738585072014e-308`, and a few zeros of
/// a decimal's.
const MOST_DIGITS: usize = 28;

/// The shortest digits that read back as the same number, as JSON writes them.
fn shortest(number: f64) -> String {
    let mut digits = Vec::with_capacity(MOST_DIGITS);
    // Writing to a Vec cannot fail, and what is written is ASCII.
    let _ = serde_json::to_writer(&mut digits, &number);
    String::from_utf8(digits).unwrap_or_default()
}

/// A decimal with all its digits and at least as many after the point as declared; `.5` gets its
/// zero.
fn decimal(text: Cow<'_, str>, scale: Option<u32>) -> Cow<'_, str> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_ref()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let missing = (scale.unwrap_or(0) as usize).saturating_sub(fraction.len());
    if !is_number || (missing == 0 && !whole.is_empty()) {
        return text;
    }
    if !whole.is_empty() {
        let has_point = whole.len() < digits.len();
        let mut text = text.into_owned();
        text.push_str(if has_point { "" } else { "." });
        text.extend(std::iter::repeat_n('0', missing));
        return text.into();
    }
    Cow::Owned(format!("{sign}0.{fraction}{}", "0".repeat(missing)))
}

/// ISO 8601 has a `T` where databases have a space.
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

/// A timestamp or a time of day with a `T`, and with an offset that has its minutes: `+00` is none
/// that readers of ISO 8601 must know. Years beyond 9999 and before Christ, and infinities, stay as
/// they are.
fn with_minutes(text: &str) -> String {
    let (whole, era) = text.strip_suffix(" BC").map_or((text, ""), |whole| (whole, " BC"));
    let last = whole.rsplit(':').next().unwrap_or_default();
    let has_hours_only = last.len() < whole.len()
        && last
            .find(['+', '-'])
            .is_some_and(|sign| last.len() == sign + 3 && last.is_char_boundary(sign));
    format!("{}{}{era}", whole.replacen(' ', "T", 1), if has_hours_only { ":00" } else { "" })
}

/// What stands at the end of a text that was cut.
const CUT_MARK: &str = "… [cut]";

impl Value<'_> {
    /// The value as a text of at most so many characters, visibly cut; `None` where it is short
    /// enough as it is.
    pub fn cut(&self, limit: usize) -> Option<Self> {
        let whole = self.text()?;
        let (end, _) = whole.char_indices().nth(limit)?;
        Some(Self::Text(Cow::Owned(format!("{}{CUT_MARK}", &whole[..end]))))
    }

    /// The value as the text that a URL or a CSV field holds; NULL has none, bytes have their
    /// base64.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        use base64_simd::STANDARD;
        Some(match self {
            Self::Null => return None,
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Integer(number) => Cow::Owned(itoa(*number)),
            Self::Double(number) => Cow::Owned(shortest(*number)),
            Self::Number(text) | Self::Text(text) => Cow::Borrowed(text),
            Self::Binary(bytes) => Cow::Owned(STANDARD.encode_to_string(bytes)),
            Self::Size(bytes) => Cow::Owned(bytes.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, meaning: Meaning) -> Value<'_> {
        value(Cell::Text(text.as_bytes()), meaning)
    }

    fn of(cell: Cell<'_>, kind: Type) -> Value<'_> {
        value(cell, Meaning::Value(kind, Some(2)))
    }

    #[test]
    fn integers_beyond_what_json_readers_keep_are_texts() {
        for (number, expected) in [
            (9_007_199_254_740_991, Value::Integer(9_007_199_254_740_991)),
            (-9_007_199_254_740_991, Value::Integer(-9_007_199_254_740_991)),
            (9_007_199_254_740_992, Value::Text("9007199254740992".into())),
            (i64::MIN, Value::Text("-9223372036854775808".into())),
        ] {
            assert_eq!(of(Cell::Integer(number), Type::Integer), expected);
        }
        assert_eq!(of(Cell::Text(b"seven"), Type::Integer), Value::Text("seven".into()));
        assert_eq!(of(Cell::Text(b"007"), Type::Integer), Value::Text("007".into()));
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
            assert_eq!(
                shown(text, Meaning::Value(Type::Decimal, scale)),
                Value::Text(expected.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn floats_keep_every_digit_in_any_column() {
        for (number, kind, expected) in [
            (0.1, Type::Decimal, "0.10"),
            (0.300_000_000_000_000_04, Type::Decimal, "0.30000000000000004"),
            (0.300_000_000_000_000_04, Type::Integer, "0.30000000000000004"),
            (123_456_789_012_345.67, Type::Decimal, "123456789012345.67"),
            (1.0e20, Type::Decimal, "100000000000000000000.00"),
        ] {
            assert_eq!(of(Cell::Double(number), kind), Value::Text(expected.into()));
        }
        assert_eq!(
            of(Cell::Integer(12_345_678_901_234_567), Type::Decimal),
            Value::Text("12345678901234567.00".into())
        );
        assert_eq!(of(Cell::Text(b"unknown"), Type::Decimal), Value::Text("unknown".into()));
        assert_eq!(of(Cell::Bytes(&[0]), Type::Date), Value::Binary(vec![0].into()));
        assert_eq!(of(Cell::Integer(12), Type::Binary), Value::Binary(b"12".to_vec().into()));
    }

    #[test]
    fn doubles_are_shortest_and_finite() {
        let digits = |number| of(Cell::Double(number), Type::Double).text().map(Cow::into_owned);
        assert_eq!(digits(0.1).as_deref(), Some("0.1"));
        assert_eq!(digits(1e300).as_deref(), Some("1e+300"));
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(of(Cell::Double(number), Type::Double), Value::Null);
            assert_eq!(of(Cell::Double(number), Type::Date), Value::Null);
        }
        // A word in a column of floats stays a word.
        assert_eq!(of(Cell::Text(b"NaN"), Type::Double), Value::Text("NaN".into()));
    }

    #[test]
    fn timestamps_are_iso_8601() {
        let meaning = Meaning::Value(Type::Timestamp, None);
        for (text, expected) in [
            ("2024-02-29 13:14:15.123", "2024-02-29T13:14:15.123"),
            ("2024-02-29T13:14:15Z", "2024-02-29T13:14:15Z"),
            ("2024-02-29", "2024-02-29"),
            ("next Tuesday x", "next Tuesday x"),
        ] {
            assert_eq!(shown(text, meaning), Value::Text(expected.into()));
        }
    }

    #[test]
    fn timestamps_of_postgresql_have_whole_offsets() {
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
            assert_eq!(shown(text, Meaning::ShortOffset), Value::Text(expected.into()));
        }
    }

    #[test]
    fn a_text_stays_a_text() {
        assert_eq!(shown("007", Meaning::Value(Type::Text, None)), Value::Text("007".into()));
        assert_eq!(shown("", Meaning::Value(Type::Text, None)), Value::Text("".into()));
        assert_eq!(value(Cell::Null, Meaning::Value(Type::Text, None)), Value::Null);
        assert_eq!(shown("007", Meaning::Value(Type::Dynamic, None)), Value::Text("007".into()));
        assert_eq!(of(Cell::Integer(7), Type::Dynamic), Value::Integer(7));
    }
}
