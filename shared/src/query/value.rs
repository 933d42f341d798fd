//! A filter's value, checked against the column's type and made ready to be bound.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::postgres;
use crate::dialect::Dialect;
use crate::param::Param;
use crate::table::{Column, Type};

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

/// A moment as SQLite may hold it: `2024-02-29 10:00:00` and `2024-02-29T10:00:00.000` are the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The date; empty for a time of day.
    pub date: String,
    /// `HH:MM:SS`.
    pub time: String,
    /// Digits of the fraction, without zeros at the end.
    pub fraction: String,
    /// `Z` or an offset, as given.
    pub zone: String,
}

/// Reads a value for a column. The error says what would be right.
pub fn read(text: &str, column: &Column, dialect: Dialect) -> Result<Operand, String> {
    carried(text, dialect)?;
    let expected = |what: &str| format!("The column holds {what}; `{}` is none.", shortened(text));
    Ok(match column.kind {
        Type::Integer => Operand::One(
            integer(text)
                .map(Param::Integer)
                .ok_or_else(|| expected("whole numbers from -9223372036854775808 to 9223372036854775807"))?,
        ),
        Type::Decimal if is_decimal(text) || (dialect == Dialect::Postgres && postgres::is_no_number(text)) => {
            Operand::One(decimal(text, dialect))
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
        Type::Date if is_date(text) => Operand::One(Param::Text(text.to_owned())),
        Type::Date => return Err(expected("dates such as 2024-02-29")),
        Type::Time => moment("", text, dialect).ok_or_else(|| expected("times such as 13:14:15"))?,
        Type::Timestamp => {
            let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
            let time = time.strip_prefix(['T', 't', ' ']).or(time.is_empty().then_some("00:00:00"));
            time.filter(|_| is_date(date))
                .and_then(|time| moment(date, time, dialect))
                .ok_or_else(|| expected("moments such as 2024-02-29T13:14:15"))?
        }
        Type::Text => Operand::One(Param::Text(text.to_owned())),
        Type::Dynamic => match number(text) {
            Some(number) => Operand::Several(vec![number, Param::Text(text.to_owned())]),
            None => Operand::One(Param::Text(text.to_owned())),
        },
        // As a key of a row only: filters on bytes are refused before.
        Type::Binary => {
            Operand::One(STANDARD.decode(text).map(Param::Binary).map_err(|_| expected("bytes, written as base64"))?)
        }
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
fn decimal(text: &str, dialect: Dialect) -> Param {
    match dialect {
        Dialect::Sqlite => number(text).unwrap_or_else(|| Param::Text(text.to_owned())),
        Dialect::Iris | Dialect::Postgres => Param::Decimal(text.to_owned()),
    }
}

fn number(text: &str) -> Option<Param> {
    if let Some(whole) = integer(text) {
        return Some(Param::Integer(whole));
    }
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && text.bytes().any(|byte| byte.is_ascii_digit()))
        .map(Param::Double)
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

/// `YYYY-MM-DD`, and a day that exists in the Gregorian calendar.
pub(super) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return false;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    is_day(part(0, 4), part(5, 7), part(8, 10))
}

/// A day that exists.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A time of day, `HH:MM`, `HH:MM:SS` or with a fraction, and perhaps a zone; with its date, if there is one.
pub(super) fn moment(date: &str, text: &str, dialect: Dialect) -> Option<Operand> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    let below = |part: &str, limit: u32| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|number| number < limit)
    };
    let (hour, minute, second) = match parts[..] {
        [hour, minute] if fraction.is_empty() => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let right = below(hour, 24)
        && below(minute, 60)
        && below(second, 60)
        && fraction.len() <= 9
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && !(text.contains('.') && fraction.is_empty())
        && is_zone(zone);
    if !right {
        return None;
    }
    let moment = Moment {
        date: date.to_owned(),
        time: format!("{hour}:{minute}:{second}"),
        fraction: fraction.trim_end_matches('0').to_owned(),
        zone: zone.to_ascii_uppercase(),
    };
    Some(match dialect {
        Dialect::Sqlite => Operand::Moment(moment),
        Dialect::Iris | Dialect::Postgres => Operand::One(Param::Text(moment.text(' ', ""))),
    })
}

fn is_zone(zone: &str) -> bool {
    let Some(offset) = zone.strip_prefix(['+', '-']) else {
        return zone.is_empty() || zone.eq_ignore_ascii_case("z");
    };
    let digits = offset.replace(':', "");
    matches!(digits.len(), 2 | 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl Moment {
    /// The moment as text, with this between date and time, and zeros after the fraction.
    pub fn text(&self, separator: char, zeros: &str) -> String {
        let mut text = self.date.clone();
        if !text.is_empty() {
            text.push(separator);
        }
        text.push_str(&self.time);
        if !(self.fraction.is_empty() && zeros.is_empty()) {
            text.push('.');
            text.push_str(&self.fraction);
            text.push_str(zeros);
        }
        text.push_str(&self.zone);
        text
    }

    /// Every usual way to write it: without a fraction, with three and with six digits; a blank or a `T` between.
    pub fn spellings(&self) -> Vec<String> {
        let separators: &[char] = if self.date.is_empty() { &[' '] } else { &[' ', 'T'] };
        let mut zeros = vec![String::new()];
        zeros.extend([3, 6].iter().filter_map(|width: &usize| {
            width.checked_sub(self.fraction.len()).filter(|missing| *missing > 0).map(|missing| "0".repeat(missing))
        }));
        separators.iter().flat_map(|separator| zeros.iter().map(move |zeros| self.text(*separator, zeros))).collect()
    }
}
