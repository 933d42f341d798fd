//! Values on their way from a column to one of another type: foreign keys may join such.

use crate::table::{ForeignKey, Type};
use crate::timestamp;

/// The time of day at which a timestamp is the same as a date.
const MIDNIGHT: &str = "00:00:00";

/// A value of a column as one of another type has it; `None` where that has no such value.
pub fn fitted(value: String, kind: Type, other: Type) -> Option<String> {
    if fits_always(kind, other) {
        return Some(value);
    }
    match other {
        Type::Integer => whole(&value).map(str::to_owned),
        Type::Decimal | Type::Double => {
            value.parse::<f64>().is_ok_and(f64::is_finite).then_some(value)
        }
        Type::Boolean => matches!(value.as_str(), "true" | "false" | "1" | "0").then_some(value),
        Type::Date => date(&value).map(str::to_owned),
        Type::Time => timestamp::time(&value).is_some().then_some(value),
        Type::Timestamp => timestamp::timestamp(&value).is_some().then_some(value),
        // Bytes are found by none but bytes.
        Type::Text | Type::Binary | Type::Dynamic => None,
    }
}

/// Each value of one type is one of the other.
fn fits_always(kind: Type, other: Type) -> bool {
    kind == other
        || match other {
            Type::Text | Type::Dynamic => kind != Type::Binary,
            Type::Decimal | Type::Double => kind == Type::Integer,
            Type::Timestamp => kind == Type::Date,
            _ => false,
        }
}

/// Each value of the columns that refer is one of the columns there.
pub fn always_leads(key: &ForeignKey) -> bool {
    all_fit(&key.kinds, &key.to_kinds)
}

/// Each value of the columns there is one of the columns that refer.
pub fn always_leads_back(key: &ForeignKey) -> bool {
    all_fit(&key.to_kinds, &key.kinds)
}

fn all_fit(kinds: &[Option<Type>], others: &[Option<Type>]) -> bool {
    kinds.iter().zip(others).all(|kinds| match kinds {
        (Some(kind), Some(other)) => fits_always(*kind, *other),
        _ => true,
    })
}

/// A whole number: 7, or 7.00.
fn whole(text: &str) -> Option<&str> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse::<i64>().is_ok().then_some(whole)
}

/// A date, or the beginning of one.
fn date(text: &str) -> Option<&str> {
    let read = timestamp::timestamp(text)?;
    let is_midnight = read.time == MIDNIGHT && read.fraction.is_empty();
    text.get(..read.date.len()).filter(|_| is_midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fits_or_has_no_place_there() {
        for (value, kind, other, expected) in [
            ("A7", Type::Text, Type::Integer, None),
            ("7", Type::Text, Type::Integer, Some("7")),
            ("7.00", Type::Decimal, Type::Integer, Some("7")),
            ("7.50", Type::Decimal, Type::Integer, None),
            ("7", Type::Integer, Type::Text, Some("7")),
            ("A7", Type::Integer, Type::Integer, Some("A7")),
            ("2024-02-29T00:00:00", Type::Timestamp, Type::Date, Some("2024-02-29")),
            ("2024-02-29T00:00:01", Type::Timestamp, Type::Date, None),
            ("2024-02-29", Type::Date, Type::Timestamp, Some("2024-02-29")),
            ("yes", Type::Text, Type::Boolean, None),
            ("n/a", Type::Text, Type::Double, None),
            ("YQ==", Type::Binary, Type::Text, None),
        ] {
            assert_eq!(fitted(value.to_owned(), kind, other).as_deref(), expected, "{value}");
        }
    }
}
