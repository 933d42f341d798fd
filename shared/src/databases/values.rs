//! Values of filters that all databases read alike, and what the others are read with.

use base64_simd::STANDARD;

use crate::param::{Operand, Param};
use crate::table::{Column, Type};
use crate::timestamp;

/// Reads a value of a type that all databases have alike; of the others its text.
///
/// # Errors
/// What would be right.
pub fn usual(text: &str, column: &Column) -> Result<Operand, String> {
    Ok(Operand::One(match column.kind {
        Type::Integer => Param::Integer(integer(text).ok_or_else(|| {
            expected(text, "whole numbers from -9223372036854775808 to 9223372036854775807")
        })?),
        Type::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && text.trim() == text => Param::Double(number),
            _ => return Err(expected(text, "numbers such as -1.5e3")),
        },
        Type::Date if !timestamp::is_date(text) => return Err(expected(text, DATES)),
        // As a key of a row only: filters on bytes are refused before.
        Type::Binary => STANDARD
            .decode_to_vec(text)
            .map(Param::Binary)
            .map_err(|_| expected(text, "bytes, written as base64"))?,
        _ => Param::Text(text.to_owned()),
    }))
}

/// What columns hold, for the errors.
pub const DATES: &str = "dates such as 2024-02-29";
/// Times of day.
pub const TIMES: &str = "times such as 13:14:15";
/// Timestamps.
pub const TIMESTAMPS: &str = "timestamps such as 2024-02-29T13:14:15";
/// Decimals.
pub const DECIMALS: &str = "decimal numbers such as -12.50";
/// Truth values.
pub const TRUTHS: &str = "true and false";

/// The error for a value that is none of what the column holds.
pub fn expected(text: &str, what: &str) -> String {
    format!("The column holds {what}; `{}` is none.", shortened(text))
}

/// Characters of a wrong value that an error message repeats.
const SHOWN: usize = 40;

/// A value as an error message repeats it.
pub fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A whole number of 64 bits.
pub fn integer(text: &str) -> Option<i64> {
    text.strip_prefix('+').unwrap_or(text).parse().ok().filter(|_| !text.starts_with("+-"))
}

/// Digits with at most one point and a sign; no exponent, which PostgreSQL and SQLite would read
/// differently.
pub fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
}

/// True and false.
pub fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Refuses a NUL character, where database or driver would end the text there.
///
/// # Errors
/// A sentence for the client.
pub fn without_nul(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("Its value has a NUL character, which is no part of a text.".to_owned());
    }
    Ok(())
}
