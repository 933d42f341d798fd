//! Values of SQLite, which keeps a value of any type in any column.

use crate::databases::values::{self, expected, integer, shortened};
use crate::param::{Operand, Param};
use crate::statement::Condition;
use crate::table::{Column, Type};
use crate::timestamp::{self, FRACTION_DIGITS, Timestamp};

/// Digits of the shortest number that is a timestamp: a shorter one is a year that somebody took
/// for a date.
const SHORTEST_COUNT: usize = 5;

/// Reads a filter's value.
pub fn read(text: &str, column: &Column) -> Result<Operand, String> {
    let is_time = matches!(column.kind, Type::Date | Type::Time | Type::Timestamp);
    // A timestamp may be kept as a number, such as seconds since 1970: it is found by that number.
    if is_time
        && is_count(text)
        && let Some(count) = number(text)
    {
        return Ok(Operand::One(count));
    }
    let text_of = |text: &str| Param::Text(text.to_owned());
    match column.kind {
        Type::Decimal if values::is_decimal(text) => number(text).map(Operand::One).ok_or_else(|| {
            let short = shortened(text);
            format!("SQLite keeps 15 to 17 digits of such a number, and `{short}` has more: no row can have it.")
        }),
        Type::Decimal => Err(expected(text, values::DECIMALS)),
        Type::Boolean => boolean(text).ok_or_else(|| expected(text, values::TRUTHS)),
        Type::Time => timestamp::time(text).map(Operand::Timestamp).ok_or_else(|| expected(text, values::TIMES)),
        Type::Timestamp => timestamp::timestamp(text)
            .map(Operand::Timestamp)
            .ok_or_else(|| expected(text, values::TIMESTAMPS)),
        Type::Dynamic => Ok(match number(text) {
            Some(number) => Operand::Several(vec![number, text_of(text)]),
            None => Operand::One(text_of(text)),
        }),
        _ => values::usual(text, column),
    }
}

fn is_count(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).split('.').next().unwrap_or_default();
    digits.len() >= SHORTEST_COUNT && values::is_decimal(text)
}

/// A number as SQLite keeps it: an integer, or a float whose digits are the text's. `None` where
/// the text is none, or has more digits than a float holds: rounded, it would find another number.
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

/// The digits of a number without zeros at either end, and the power of ten of the last one. Two
/// texts of one number have the same.
fn digits(text: &str) -> Option<(String, i64)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    let zeros = all.len() - all.trim_end_matches('0').len();
    let place = exponent
        .parse::<i64>()
        .ok()?
        .checked_sub(fraction.len() as i64)?
        .checked_add(zeros as i64)?;
    let place = if significant.is_empty() { 0 } else { place };
    all.bytes().all(|byte| byte.is_ascii_digit()).then(|| (significant.to_owned(), place))
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
/// The second comparison decides, on the text with a space, with seconds and without a `Z`; the
/// first lets an index find the day or the minute that it is about, for a shorter text sorts first,
/// a space before a `T`, and `~` after whatever may follow the seconds. For `>` and `<=` the value
/// gets all its zeros, so that `10:00:00.000` is not later than `10:00:00`.
pub fn compared(timestamp: &Timestamp, quoted: &str, operator: &str) -> Condition {
    let zeros = "0".repeat(FRACTION_DIGITS.saturating_sub(timestamp.fraction.len()));
    let zeros = if matches!(operator, ">" | "<=") { zeros.as_str() } else { "" };
    let decides = timestamp.text(' ', zeros);
    let decides = decides.strip_suffix('Z').unwrap_or(&decides);
    let second = Timestamp { fraction: String::new(), zone: String::new(), ..timestamp.clone() };
    let kept = format!("rtrim(replace({quoted},'T',' '),'Z')");
    let (least, whole) = if timestamp.date.is_empty() {
        let minute = timestamp.time.get(..5).unwrap_or(&timestamp.time);
        (
            minute.to_owned(),
            format!("CASE length({kept}) WHEN 5 THEN {kept}||':00' ELSE {kept} END"),
        )
    } else {
        let whole = format!(
            "CASE length({kept}) WHEN 10 THEN {kept}||' 00:00:00' WHEN 16 THEN {kept}||':00' ELSE {kept} END"
        );
        (timestamp.date.clone(), whole)
    };
    let (within, range) =
        if operator.starts_with('<') { ("<=", second.text('T', "") + "~") } else { (">=", least) };
    Condition {
        text: format!("({quoted} {within} ? AND {whole} {operator} ?)"),
        params: vec![Param::Text(range), Param::Text(decides.to_owned())],
    }
}
