//! Grouping in SQLite. Its sum rounds decimals and fails beyond 64 bits, a timestamp has many
//! spellings, and any value may stand in any column: functions of ours do what it cannot. A value
//! that does not fit its column's type is a group of its own.

use super::Sqlite;
use super::values::{timestamp_group, timestamp_key};
use crate::cell::Cell;
use crate::decimal::{Sum, Width};
use crate::dialect::{Computed, Dialect as _, GroupPart, Groups, Total};
use crate::grouping::{Function, Step, Unit, bounds};
use crate::operator::Operator;
use crate::statement::{Fetch, Meaning, Output};
use crate::table::{Column, Type};
use crate::timestamp;

/// A timestamp in the one spelling by which it is compared.
pub const TIMESTAMP_GROUP: &str = "timestamp_group";
/// The same of a time of day.
pub const TIME_GROUP: &str = "time_group";
/// A value of a column without a type: a text that spells a number is that number, as in filters.
pub const ANY_GROUP: &str = "any_group";
/// The unit of time of a date or a timestamp, as bytes, which no other value of the column is.
pub const UNIT: &str = "time_unit";
/// The number of the step that a number belongs to.
pub const STEP: &str = "number_step";
/// The exact sum of numbers, in digits.
pub const SUM: &str = "exact_sum";
/// A value that counts in a sum, else NULL.
pub const SUM_OPERAND: &str = "sum_operand";
/// What [`fitting`] makes of a value, else NULL.
pub const FITTING: &str = "fitting_value";
/// The value that is least by [`fitting`], in its own spelling.
pub const LEAST: &str = "least_fitting";
/// The greatest.
pub const GREATEST: &str = "greatest_fitting";
/// A text that sorts as the number that it spells.
pub const SORTABLE: &str = "sortable_number";

impl Groups for Sqlite {
    fn group(
        &self,
        table: &str,
        column: &Column,
        step: &Step,
    ) -> Result<Vec<GroupPart>, &'static str> {
        let value = self.operand(column);
        let expression = match (step, column.kind) {
            (Step::Unit(unit), kind) => {
                let is_timestamp = i32::from(kind == Type::Timestamp);
                format!("{UNIT}({value}, '{}', {is_timestamp})", unit.name())
            }
            (Step::Width(width), _) => format!("{STEP}({value}, '{}')", width.text),
            (Step::Value, Type::Boolean) => format!(
                "CASE WHEN {value} IN (1, 'true', 'TRUE', 't') THEN 1 \
                 WHEN {value} IN (0, 'false', 'FALSE', 'f') THEN 0 ELSE {value} END"
            ),
            (Step::Value, Type::Timestamp) => format!("{TIMESTAMP_GROUP}({value})"),
            (Step::Value, Type::Time) => format!("{TIME_GROUP}({value})"),
            (Step::Value, Type::Dynamic) => format!("{ANY_GROUP}({value})"),
            (Step::Value, _) => format!("{} COLLATE BINARY", self.column(&column.name)),
        };
        let output = Output {
            origin: format!("{table}.{expression}"),
            expression: expression.clone(),
            fetch: Fetch::Text,
            meaning: Meaning::Value(column.kind, column.scale),
            declared: None,
        };
        Ok(vec![GroupPart { expression, placeholder: "?".to_owned(), output }])
    }

    fn unit(&self, _unit: Unit, cells: &[Cell<'_>]) -> Option<String> {
        match cells {
            [Cell::Bytes(bytes)] => String::from_utf8(bytes.to_vec()).ok(),
            _ => None,
        }
    }

    /// Texts that are no dates sort among those that are: `2024/07/31` is less than 2025-01-01.
    /// Below the last instant of a unit there are none that begin otherwise than its dates do.
    fn unit_filters(&self, unit: Unit, text: &str) -> Option<Vec<(Operator, String)>> {
        let (from, to) = ends(unit, text)?;
        Some(vec![(Operator::Gte, from), (Operator::Lte, to)])
    }

    fn total(&self, table: &str, column: &Column) -> Total {
        let sum = format!("{SUM}({})", self.column(&column.name));
        let order = format!("{SORTABLE}({sum})");
        Total { parts: vec![(computed(table, &sum, Type::Text), 0)], order }
    }

    fn summed(&self, column: &Column) -> String {
        format!("count({SUM_OPERAND}({}))", self.column(&column.name))
    }

    fn float(&self, table: &str, column: &Column, function: Function) -> Computed {
        let value = self.column(&column.name);
        let numbers = format!("CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END");
        let expression = format!("{}({numbers})", function.name());
        Computed { output: computed(table, &expression, Type::Double), order: expression }
    }

    fn extreme(&self, table: &str, column: &Column, function: Function) -> Computed {
        let (shown, order) = extreme(function, &self.operand(column), column.kind);
        let meaning = Meaning::Value(column.kind, column.scale);
        let output = Output { meaning, ..computed(table, &shown, column.kind) };
        Computed { output, order }
    }
}

/// The least or greatest of the values that fit the column's type: what does not sorts by other rules.
/// A column of dates may hold numbers alone, seconds for example: then it is one of those. As it is
/// shown, and as it is sorted by.
fn extreme(function: Function, value: &str, kind: Type) -> (String, String) {
    let (own, function) = match function {
        Function::Least => (LEAST, "min"),
        _ => (GREATEST, "max"),
    };
    let numbers = || format!("CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END");
    let shown = match kind {
        Type::Integer | Type::Decimal | Type::Double => format!(
            "{function}(CASE WHEN typeof({value}) = 'integer' OR typeof({value}) = 'real' \
             AND abs({value}) < 9e999 THEN {value} WHEN {SUM_OPERAND}({value}) THEN CAST({value} AS NUMERIC) END)"
        ),
        Type::Boolean => format!(
            "{function}(CASE WHEN {value} IN (1, 'true', 'TRUE', 't') THEN 1 \
             WHEN {value} IN (0, 'false', 'FALSE', 'f') THEN 0 END)"
        ),
        Type::Date | Type::Time | Type::Timestamp => {
            let of = |texts: String| format!("coalesce({texts}, {function}({}))", numbers());
            let kind = kind.name();
            let sorted = of(format!("{function}({FITTING}({value}, '{kind}'))"));
            return (of(format!("{own}({value}, '{kind}')")), sorted);
        }
        Type::Text | Type::Binary | Type::Dynamic => format!("{function}({value})"),
    };
    (shown.clone(), shown)
}

/// A text of a column of dates, times or timestamps in the spelling by which it is compared, if it is
/// one.
pub fn fitting(text: &str, kind: Type) -> Option<String> {
    match kind {
        Type::Date => time_unit(text, Unit::Day, false).map(|_| text.to_owned()),
        Type::Time => timestamp::time(text).map(|_| timestamp_key(text)),
        _ => time_unit(text, Unit::Day, true).map(|_| timestamp_group(text)),
    }
}

fn computed(table: &str, expression: &str, kind: Type) -> Output {
    Output {
        expression: expression.to_owned(),
        origin: format!("{table}.{expression}"),
        fetch: Fetch::Text,
        meaning: Meaning::Value(kind, None),
        declared: None,
    }
}

/// The first date of a unit of time, or an hour's first second, and its last instant.
fn ends(unit: Unit, text: &str) -> Option<(String, String)> {
    let (from, _) = bounds(unit, text)?;
    let last = match unit {
        Unit::Year => format!("{text}-12-31"),
        Unit::Month => {
            let days = ["31", "30", "29", "28"].iter().map(|day| format!("{text}-{day}"));
            days.into_iter().find(|day| timestamp::is_date(day))?
        }
        Unit::Day => text.to_owned(),
        Unit::Hour => return Some((from, format!("{text}:59:59.999999999"))),
    };
    Some((from, format!("{last}T23:59:59.999999999")))
}

/// The unit of time of a text, exactly where [`Groups::unit_filters`] find it: a date is compared
/// as it stands, a timestamp by its key as well.
pub fn time_unit(text: &str, unit: Unit, is_timestamp: bool) -> Option<String> {
    if let Some(key) = usual(text) {
        return match (unit, is_timestamp) {
            (Unit::Hour, _) => Some(format!("{}T{}", &text[..10], key)),
            _ => Some(text[..[4, 7, 10][unit as usize]].to_owned()),
        };
    }
    let (length, rest) = [(4, "-01-01"), (7, "-01"), (10, ""), (13, ":00")][unit as usize];
    let key = timestamp_key(text);
    let begins = if is_timestamp { key.get(..length)? } else { text.get(..length)? };
    timestamp::timestamp(&format!("{begins}{rest}"))?;
    let name = begins.replacen(' ', "T", 1);
    let (from, to) = ends(unit, &name)?;
    let is_within = match is_timestamp {
        true => {
            let (day, last) = (from.get(..10)?, to.get(..10)?);
            let ends = timestamp_key(&from)..=timestamp_key(&to);
            text >= day && *text <= *format!("{last}~") && ends.contains(&key)
        }
        false => *text >= *from && *text <= *to,
    };
    is_within.then_some(name)
}

/// The hour of a date or a timestamp in its usual spellings: nearly all are, and a look at their
/// digits tells. `None` for all others.
fn usual(text: &str) -> Option<&str> {
    let date = text.get(..10).filter(|date| timestamp::is_date(date))?;
    if text.len() == date.len() {
        return Some("00");
    }
    let bytes = text.as_bytes();
    let number = |at: usize, limit: u8| {
        let digit = |at: usize| bytes.get(at).filter(|byte| byte.is_ascii_digit());
        digit(at)
            .zip(digit(at + 1))
            .is_some_and(|(one, other)| (one - b'0') * 10 + (other - b'0') < limit)
    };
    let is_clock = matches!(bytes[10], b' ' | b'T')
        && number(11, 24)
        && number(14, 60)
        && number(17, 60)
        && bytes[13] == b':'
        && bytes[16] == b':';
    let fraction = bytes.get(19..).unwrap_or_default();
    let is_ended = match fraction {
        [] | [b'Z'] => true,
        [b'.', digits @ ..] => {
            (1..=timestamp::FRACTION_DIGITS).contains(&digits.len())
                && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    (is_clock && is_ended).then(|| &text[11..13])
}

/// A number, or a text that spells one.
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Digits, and how many of them stand after the point.
    Scaled(i64, u8),
    /// Digits as they are written.
    Digits(String),
}

impl Number {
    /// A float by the shortest digits that read back the same: those that are shown.
    pub fn of_float(number: f64) -> Self {
        // A quotient of whole numbers that a float holds is read as one writes it.
        for (scale, power) in (0..).zip([1.0, 10.0, 100.0, 1e3, 1e4]) {
            let scaled = (number * power).round();
            if scaled.abs() < 1e15 && scaled / power == number {
                return Self::Scaled(scaled as i64, scale);
            }
        }
        Self::Digits(format!("{number:e}"))
    }

    /// Adds it to a sum.
    pub fn add(&self, sum: &mut Sum) {
        match self {
            Self::Integer(number) => sum.add_scaled(*number, 0),
            Self::Scaled(number, scale) => sum.add_scaled(*number, *scale),
            Self::Digits(digits) => {
                sum.add(digits);
            }
        }
    }

    /// The step that it belongs to.
    pub fn step(&self, width: &Width) -> Option<i128> {
        match self {
            Self::Integer(number) => width.step_of(&number.to_string()),
            Self::Scaled(number, scale) => width.step_of(&format!("{number}e-{scale}")),
            Self::Digits(digits) => width.step_of(digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_date_is_in_no_unit_of_time() {
        for (text, is_timestamp, unit, expected) in [
            ("2024-02-29", false, Unit::Month, Some("2024-02")),
            ("2024-02-29 23:30", false, Unit::Month, Some("2024-02")),
            ("2024-02-29T23:30:00.5Z", true, Unit::Month, Some("2024-02")),
            ("2024-02-29 23:30:00-05:00", true, Unit::Day, Some("2024-02-29")),
            ("2024-02-29", true, Unit::Hour, Some("2024-02-29T00")),
            ("2024-02-29t23:30", true, Unit::Hour, Some("2024-02-29T23")),
            ("2024-02", false, Unit::Month, None),
            ("2024-02", false, Unit::Year, Some("2024")),
            ("2024", false, Unit::Year, None),
            ("2024/02/29", false, Unit::Year, None),
            ("2024-31-12", false, Unit::Month, None),
            ("2024-31-12", false, Unit::Year, None),
            ("0000-00-00", false, Unit::Year, None),
            ("n/a", true, Unit::Year, None),
            ("", true, Unit::Hour, None),
        ] {
            let found = time_unit(text, unit, is_timestamp);
            assert_eq!(found.as_deref(), expected, "{text} {}", unit.name());
        }
    }
}
