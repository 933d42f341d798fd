//! A filter's value, checked against the column's type and made ready to be bound.

pub(super) mod moment;

use base64_simd::STANDARD;

use super::postgres;
use crate::dialect::Dialect;
use crate::param::Param;
use crate::table::{Column, Type};

pub use moment::{FRACTION_DIGITS, Moment};

/// What a column is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// One value.
    One(Param),
    /// SQLite only: the ways in which the value may be stored. The first is the one that orders.
    Several(Vec<Param>),
    /// SQLite only: a moment that is kept as text.
    Moment(Moment),
}

impl Operand {
    /// The one value that is meant where several rows have one of its spellings.
    pub fn exact(&self) -> Option<Param> {
        match self {
            Self::One(param) => Some(param.clone()),
            Self::Several(spellings) => spellings.first().cloned(),
            Self::Moment(moment) => Some(Param::Text(moment.given.clone())),
        }
    }
}

/// The value that a text means to the letter in a column; nothing where the text does not fit it.
pub fn exact(text: &str, column: &Column, dialect: Dialect) -> Option<Param> {
    read(text, column, dialect).ok()?.exact()
}

/// Reads a value for a column. The error says what would be right.
pub fn read(text: &str, column: &Column, dialect: Dialect) -> Result<Operand, String> {
    carried(text, dialect)?;
    let is_moment = matches!(column.kind, Type::Date | Type::Time | Type::Timestamp);
    if dialect == Dialect::Sqlite
        && is_moment
        && moment::is_count(text)
        && let Some(count) = number(text)
    {
        return Ok(Operand::One(count));
    }
    let expected = |what: &str| format!("The column holds {what}; `{}` is none.", shortened(text));
    Ok(match column.kind {
        Type::Integer => Operand::One(
            integer(text)
                .map(Param::Integer)
                .ok_or_else(|| expected("whole numbers from -9223372036854775808 to 9223372036854775807"))?,
        ),
        Type::Decimal if is_decimal(text) || (dialect == Dialect::Postgres && postgres::is_no_number(text)) => {
            Operand::One(decimal(text, dialect)?)
        }
        Type::Decimal => return Err(expected("decimal numbers such as -12.50")),
        Type::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && text.trim() == text => Operand::One(Param::Double(number)),
            _ => return Err(expected("numbers such as -1.5e3")),
        },
        Type::Boolean => boolean(text, dialect).ok_or_else(|| expected("true and false"))?,
        Type::Date | Type::Time | Type::Timestamp if dialect == Dialect::Postgres => {
            Operand::One(Param::Text(postgres::moment(text, column).map_err(expected)?))
        }
        Type::Date if moment::is_date(text) => Operand::One(Param::Text(text.to_owned())),
        Type::Date => return Err(expected("dates such as 2024-02-29")),
        Type::Time => moment::time(text, dialect).ok_or_else(|| expected("times such as 13:14:15"))?,
        Type::Timestamp => {
            moment::timestamp(text, dialect).ok_or_else(|| expected("moments such as 2024-02-29T13:14:15"))?
        }
        Type::Text => Operand::One(Param::Text(text.to_owned())),
        Type::Dynamic => match number(text) {
            Some(number) => Operand::Several(vec![number, Param::Text(text.to_owned())]),
            None => Operand::One(Param::Text(text.to_owned())),
        },
        // As a key of a row only: filters on bytes are refused before.
        Type::Binary => Operand::One(
            STANDARD.decode_to_vec(text).map(Param::Binary).map_err(|_| expected("bytes, written as base64"))?,
        ),
    })
}

/// Refuses a text that would find something else. Databases and drivers end a text at a NUL character; IRIS' driver
/// turns a character beyond the Basic Multilingual Plane into `??`.
pub fn carried(text: &str, dialect: Dialect) -> Result<(), String> {
    if text.contains('\0') {
        return Err("Its value has a NUL character, which is no part of a text.".to_owned());
    }
    match text.chars().find(|letter| dialect == Dialect::Iris && *letter > '\u{FFFF}') {
        Some(letter) => Err(format!("The database's driver cannot carry `{letter}` (U+{:X}).", u32::from(letter))),
        None => Ok(()),
    }
}

/// Characters of a wrong value that an error message repeats.
const SHOWN: usize = 40;

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn integer(text: &str) -> Option<i64> {
    text.strip_prefix('+').unwrap_or(text).parse().ok().filter(|_| !text.starts_with("+-"))
}

/// Digits with at most one point and a sign; no exponent, which PostgreSQL and SQLite would read differently.
pub fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
}

/// SQLite keeps decimals as integers or floats and compares them with numbers; the others take all digits as text.
fn decimal(text: &str, dialect: Dialect) -> Result<Param, String> {
    match dialect {
        Dialect::Sqlite => number(text).ok_or_else(|| {
            let short = shortened(text);
            format!("SQLite keeps 15 to 17 digits of such a number, and `{short}` has more: no row can have it.")
        }),
        Dialect::Iris | Dialect::Postgres => Ok(Param::Decimal(text.to_owned())),
    }
}

/// A number as SQLite keeps it: an integer, or a float whose digits are the text's. Nothing where the text is none, or
/// has more digits than a float holds: rounded, it would find another number.
fn number(text: &str) -> Option<Param> {
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

/// The digits of a number without zeros at either end, and the power of ten of the last one. Two texts of one number
/// have the same.
fn digits(text: &str) -> Option<(String, i64)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    let zeros = all.len() - all.trim_end_matches('0').len();
    let place = exponent.parse::<i64>().ok()?.checked_sub(fraction.len() as i64)?.checked_add(zeros as i64)?;
    let place = if significant.is_empty() { 0 } else { place };
    all.bytes().all(|byte| byte.is_ascii_digit()).then(|| (significant.to_owned(), place))
}

/// SQLite has no type for truth: it keeps the number or the word that it was given.
fn boolean(text: &str, dialect: Dialect) -> Option<Operand> {
    let (value, words) = match text {
        "true" | "1" => (true, ["true", "TRUE", "t"]),
        "false" | "0" => (false, ["false", "FALSE", "f"]),
        _ => return None,
    };
    let number = Param::Integer(i64::from(value));
    Some(match dialect {
        Dialect::Postgres => Operand::One(Param::Text(value.to_string())),
        Dialect::Iris => Operand::One(number),
        Dialect::Sqlite => {
            let words = words.iter().map(|word| Param::Text((*word).to_owned()));
            Operand::Several(std::iter::once(number).chain(words).collect())
        }
    })
}
