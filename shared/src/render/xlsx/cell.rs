//! What a value is in a sheet.
//!
//! Excel computes with floats and shows 15 digits of them. So a decimal or an integer is a number
//! only where 15 digits hold it; a float always is, because it is the same float there.

use crate::table::{Column, Type};
use crate::timestamp;
use crate::view::Value;

/// Characters of a cell at most, as Excel counts them: UTF-16 code units.
pub const LONGEST_TEXT: usize = 32_767;

/// Digits that Excel shows of a number.
const DIGITS: usize = 15;

/// Digits after the point that a number format of Excel has at most.
const MOST_DECIMALS: usize = 30;

/// The numbers that Excel has, by their magnitude: no denormalised ones, and none beyond.
const MAGNITUDES: std::ops::RangeInclusive<f64> = 2.3e-308..=9.99e307;

/// What stands at the end of a text that was cut.
const CUT_MARK: &str = "… [cut]";

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCell {
    /// NULL.
    Empty,
    /// True or false.
    Boolean(bool),
    /// A number, which dates and times are as well.
    Number(f64, Look),
    /// Text: never read as anything else, whatever it looks like.
    Text(String),
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// As Excel likes: floats.
    General,
    /// With so many digits after the point.
    Fixed(usize),
    /// `YYYY-MM-DD`.
    Date,
    /// `HH:MM:SS`, with so many digits of the second's fraction.
    Time(usize),
    /// Both, and what is said of the zone.
    Timestamp(usize, Zone),
}

/// The zone of a timestamp. Excel has none, so only UTC can stand behind all of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// None is told.
    None,
    /// `Z`.
    Z,
    /// `+00:00`.
    Utc,
}

impl SheetCell {
    /// A column's value as a cell, and whether the cell's text had to be cut.
    pub fn of(value: &Value<'_>, column: &Column) -> (Self, bool) {
        let number = match (value, column.kind) {
            (Value::Null, _) => return (Self::Empty, false),
            (Value::Boolean(truth), _) => return (Self::Boolean(*truth), false),
            (Value::Integer(_) | Value::Double(_) | Value::Number(_), _) => {
                let text = value.text().unwrap_or_default();
                float(&text).or_else(|| exact(&text))
            }
            (Value::Text(text), Type::Decimal) => exact(text),
            (Value::Text(text), Type::Date | Type::Time | Type::Timestamp) => date_or_time(text),
            _ => None,
        };
        if let Some((number, look)) = number {
            return (Self::Number(number, look), false);
        }
        let text = value.text().unwrap_or_default().into_owned();
        match shortened(&text, LONGEST_TEXT) {
            Some(cut) => (Self::Text(cut), true),
            None => (Self::Text(text), false),
        }
    }

    /// The text cut to so many UTF-16 code units; `None` where there is nothing to cut.
    pub fn cut(&self, limit: usize) -> Option<Self> {
        match self {
            Self::Text(text) => shortened(text, limit).map(Self::Text),
            _ => None,
        }
    }

    /// Bytes of text in it.
    pub fn bytes(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }

    /// Characters that it takes on a screen, about.
    pub fn width(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Boolean(_) => 5,
            Self::Number(number, Look::General) => number.to_string().len().min(DIGITS),
            Self::Number(number, Look::Fixed(decimals)) => format!("{number:.decimals$}").len(),
            Self::Number(_, Look::Date) => 10,
            Self::Number(_, Look::Time(_)) => 12,
            Self::Number(_, Look::Timestamp(..)) => 23,
            Self::Text(text) => text.lines().next().map_or(0, |line| line.chars().take(80).count()),
        }
    }
}

/// A text with its mark, together so many UTF-16 code units long at most.
fn shortened(text: &str, limit: usize) -> Option<String> {
    // No text has more code units than bytes.
    if text.len() <= limit || text.encode_utf16().count() <= limit {
        return None;
    }
    let room = limit.saturating_sub(CUT_MARK.encode_utf16().count());
    let (mut taken, mut end) = (0, 0);
    for character in text.chars() {
        taken += character.len_utf16();
        if taken > room {
            break;
        }
        end += character.len_utf8();
    }
    Some(format!("{}{CUT_MARK}", &text[..end]))
}

/// A float as JSON has it.
fn float(text: &str) -> Option<(f64, Look)> {
    let number = text.contains(['.', 'e', 'E']).then(|| text.parse::<f64>().ok())??;
    (number == 0.0 || MAGNITUDES.contains(&number.abs())).then_some((number, Look::General))
}

/// A decimal or an integer that 15 digits hold, written as a number is: `007` is none.
fn exact(text: &str) -> Option<(f64, Look)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !whole.is_empty()
        && (whole == "0" || !whole.starts_with('0'))
        && are_digits(whole)
        && are_digits(fraction)
        && digits.ends_with(|last: char| last.is_ascii_digit());
    let significant = format!("{whole}{}", fraction.trim_end_matches('0'));
    if !is_number
        || significant.trim_start_matches('0').len() > DIGITS
        || fraction.len() > MOST_DECIMALS
    {
        return None;
    }
    Some((text.parse().ok()?, Look::Fixed(fraction.len())))
}

/// A date, a time of day or a timestamp from 1900 on, with milliseconds at most: Excel shows no
/// more.
fn date_or_time(text: &str) -> Option<(f64, Look)> {
    if timestamp::is_date(text) {
        return Some((day(text)?, Look::Date));
    }
    let read = timestamp::time(text).or_else(|| timestamp::timestamp(text))?;
    let zone = match read.zone.as_str() {
        "" => Zone::None,
        "Z" => Zone::Z,
        "+00:00" => Zone::Utc,
        _ => return None,
    };
    let decimals = read.fraction.len();
    if decimals > 3 || read.date.is_empty() && zone != Zone::None {
        return None;
    }
    let milliseconds: u32 = format!("{:0<3}", read.fraction).parse().ok()?;
    let [hour, minute, second] = numbers::<3>(&read.time, ':')?;
    let since_midnight = ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds;
    let time = f64::from(since_midnight) / 86_400_000.0;
    if read.date.is_empty() {
        return Some((time, Look::Time(decimals)));
    }
    Some((day(&read.date)? + time, Look::Timestamp(decimals, zone)))
}

/// The day's number in Excel, which begins with 1 in 1900 and believes that 1900 was a leap year.
fn day(date: &str) -> Option<f64> {
    let [year, month, day] = numbers::<3>(date, '-')?;
    if !(1900..=9999).contains(&year) {
        return None;
    }
    // Years from March on, so that the leap day is a year's last.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day;
    /// The same sum for 1899-12-30.
    const BEFORE_FIRST: u32 = 693_900;
    let number = days - BEFORE_FIRST;
    Some(f64::from(if number < 61 { number - 1 } else { number }))
}

fn numbers<const COUNT: usize>(text: &str, between: char) -> Option<[u32; COUNT]> {
    let parts: Option<Vec<u32>> = text.split(between).map(|part| part.parse().ok()).collect();
    parts?.try_into().ok()
}
