//! Values of SQLite, which keeps a value of any type in any column.

use super::functions::TIMESTAMP_KEY;
use crate::databases::values::{self, expected, integer, shortened};
use crate::param::{Operand, Param};
use crate::statement::Condition;
use crate::table::{Column, Type};
use crate::timestamp::{self, Timestamp};

/// Digits of the shortest number that other timestamps are later than: a shorter one is a year that
/// somebody took for a date.
const SHORTEST_COUNT: usize = 5;

/// Reads a filter's value. Any value may stand in any column: what does not fit the column's type is
/// compared as it stands.
pub fn read(text: &str, column: &Column) -> Result<Operand, String> {
    let read = match column.kind {
        Type::Dynamic => {
            let as_text = Param::Text(text.to_owned());
            return Ok(match number(text) {
                Some(number) => Operand::Several(vec![number, as_text]),
                None => Operand::One(as_text),
            });
        }
        Type::Text | Type::Binary => return values::usual(text, column),
        // The row's number, which is nothing else.
        Type::Integer if column.row_number => return values::usual(text, column),
        Type::Boolean => boolean(text),
        Type::Time => timestamp::time(text).map(Operand::Timestamp),
        Type::Timestamp => timestamp::timestamp(text).map(Operand::Timestamp),
        Type::Integer | Type::Decimal | Type::Double | Type::Date => None,
    };
    match read.or_else(|| number(text).map(Operand::One)) {
        Some(operand) => Ok(operand),
        None => misfit(text, column),
    }
}

/// The same for what others are to be greater or less than.
pub fn read_ordered(text: &str, column: &Column) -> Result<Operand, String> {
    let what = match column.kind {
        Type::Date => values::DATES,
        Type::Time => values::TIMES,
        Type::Timestamp => values::TIMESTAMPS,
        _ => return read(text, column),
    };
    let digits = text.strip_prefix('-').unwrap_or(text).split('.').next().unwrap_or_default();
    if values::is_decimal(text) && digits.len() < SHORTEST_COUNT {
        return Err(expected(text, what));
    }
    read(text, column)
}

/// A text in a column of another type.
fn misfit(text: &str, column: &Column) -> Result<Operand, String> {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && text.parse::<f64>().is_ok_and(f64::is_finite);
    if is_number {
        // SQLite would round it, and find another one.
        let short = shortened(text);
        return Err(format!(
            "SQLite keeps 15 to 17 digits of such a number, and `{short}` has more: no row can have it."
        ));
    }
    if text.trim() != text && text.trim().parse::<f64>().is_ok() {
        // SQLite would take the spaces off.
        return Err(expected(text, &format!("values of type {}", column.kind.name())));
    }
    let text = Param::Text(text.to_owned());
    // It is shown with a `T`.
    let spaced = match &text {
        Param::Text(text) if column.kind == Type::Timestamp && text.get(10..11) == Some("T") => {
            Some(Param::Text(format!("{} {}", &text[..10], &text[11..])))
        }
        _ => None,
    };
    Ok(match spaced {
        Some(spaced) => Operand::Several(vec![text, spaced]),
        None => Operand::One(text),
    })
}

/// A number as SQLite keeps it: an integer, or a float whose digits are the text's. `None` where
/// the text is none, or has more digits than a float holds: rounded, it would find another number.
pub fn number(text: &str) -> Option<Param> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    if let Some(whole) = integer(whole) {
        return Some(Param::Integer(whole));
    }
    let float: f64 = text.parse().ok().filter(|float: &f64| float.is_finite())?;
    (digits(text)? == digits(&format!("{float:e}"))?).then_some(Param::Double(float))
}

/// The digits of a number without zeros at either end, and the power of ten of the last one. Two
/// texts of one number have the same.
fn digits(text: &str) -> Option<(String, i64)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    let zeros = all.len() - all.trim_end_matches('0').len();
    let index = exponent
        .parse::<i64>()
        .ok()?
        .checked_sub(fraction.len() as i64)?
        .checked_add(zeros as i64)?;
    let index = if significant.is_empty() { 0 } else { index };
    all.bytes().all(|byte| byte.is_ascii_digit()).then(|| (significant.to_owned(), index))
}

/// There is no type for truth: the number or the word is kept that was given.
fn boolean(text: &str) -> Option<Operand> {
    let truth = values::truth(text)?;
    let words = if truth { ["true", "TRUE", "t"] } else { ["false", "FALSE", "f"] };
    let number = Param::Integer(i64::from(truth));
    let words = words.iter().map(|word| Param::Text((*word).to_owned()));
    Some(Operand::Several(std::iter::once(number).chain(words).collect()))
}

/// SQLite keeps timestamps as text: with a space or a `T` between date and time, with a fraction or
/// without, perhaps with no seconds or no time at all, and perhaps with a `Z` at the end.
///
/// The last comparison decides, by the one spelling that all of them have; those before let an index
/// find the day, or the minute of a time of day. `~` sorts after whatever may follow there.
pub fn compared(timestamp: &Timestamp, quoted: &str, operator: &str) -> Condition {
    let begins = match timestamp.date.as_str() {
        "" => timestamp.time.get(..5).unwrap_or(&timestamp.time),
        date => date,
    };
    let (least, most) = (Param::Text(begins.to_owned()), Param::Text(format!("{begins}~")));
    let (within, mut params) = match operator.as_bytes() {
        [b'<', ..] if operator != "<>" => (format!("{quoted} <= ?"), vec![most]),
        [b'>', ..] => (format!("{quoted} >= ?"), vec![least]),
        _ => (format!("{quoted} >= ? AND {quoted} <= ?"), vec![least, most]),
    };
    params.push(Param::Text(timestamp_key(&timestamp.given)));
    let text = match operator {
        "<>" => format!("NOT ({within} AND {TIMESTAMP_KEY}({quoted}) = ?)"),
        _ => format!("({within} AND {TIMESTAMP_KEY}({quoted}) {operator} ?)"),
    };
    Condition { text, params }
}

/// A timestamp or time of day in the one spelling by which it is compared; what is none, as it
/// stands but for the `T`.
pub fn timestamp_key(text: &str) -> String {
    let read = timestamp::timestamp(text).or_else(|| timestamp::time(text));
    match read {
        Some(read) => {
            let key = read.text(' ', "");
            key.strip_suffix('Z').map_or(key.clone(), str::to_owned)
        }
        None => spaced(text),
    }
}

/// A text with a space in place of a `T` where a timestamp has it.
fn spaced(text: &str) -> String {
    match (text.get(..10), text.get(10..11)) {
        (Some(date), Some("T")) => format!("{date} {}", &text[11..]),
        _ => text.to_owned(),
    }
}

/// The same, but for texts without the shape of a timestamp: those are not shown with a `T`, so that
/// two spellings of one are two values.
pub fn timestamp_group(text: &str) -> String {
    let is_shaped = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    if timestamp::timestamp(text).is_some() {
        timestamp_key(text)
    } else if is_shaped && text.len() > 10 {
        spaced(text)
    } else {
        text.to_owned()
    }
}

/// A time of day in the one spelling by which it is compared.
pub fn time_group(text: &str) -> String {
    timestamp::time(text).map_or_else(|| text.to_owned(), |_| timestamp_key(text))
}

/// Greater or less than a value that has several spellings: greater or equal is what is greater, and
/// what is equal in any of them.
pub fn compared_to_any(spellings: &[Param], quoted: &str, operator: &str) -> Option<Condition> {
    let [first, ..] = spellings else { return None };
    let list = vec!["?"; spellings.len()].join(", ");
    let text = match operator {
        ">" | "<" => format!("({quoted} {operator} ? AND {quoted} NOT IN ({list}))"),
        ">=" | "<=" => format!("({quoted} {operator} ? OR {quoted} IN ({list}))"),
        _ => return None,
    };
    Some(Condition { text, params: std::iter::once(first).chain(spellings).cloned().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_one_key_in_all_its_spellings() {
        for text in [
            "2024-02-29 10:00",
            "2024-02-29T10:00:00",
            "2024-02-29t10:00:00.000z",
            "2024-02-29 10:00:00.0Z",
        ] {
            assert_eq!(timestamp_key(text), "2024-02-29 10:00:00", "{text}");
        }
        for (text, key) in [
            ("2024-02-29", "2024-02-29 00:00:00"),
            ("2024-02-29T10:00:00.250", "2024-02-29 10:00:00.25"),
            ("2024-02-29T10:00:00.5+02:00", "2024-02-29 10:00:00.5+02:00"),
            ("10:00", "10:00:00"),
            ("2024-02-30T10:00", "2024-02-30 10:00"),
            ("next Tuesday", "next Tuesday"),
            ("", ""),
        ] {
            assert_eq!(timestamp_key(text), key, "{text}");
        }
    }
}
