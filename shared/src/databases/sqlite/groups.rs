//! Grouping in SQLite. Its sum rounds decimals and fails beyond 64 bits, a timestamp has many
//! spellings, and any value may stand in any column: functions of ours do what it cannot. A value
//! that does not fit its column's type is a group of its own.

use super::Sqlite;
use super::values::timestamp_key;
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

    /// Texts that are no dates sort among those that are: a bound that all texts of the unit begin
    /// with leaves the others out.
    fn unit_filters(&self, unit: Unit, text: &str) -> Option<Vec<(Operator, String)>> {
        let (from, _) = bounds(unit, text)?;
        let end = match unit {
            Unit::Year => (Operator::Lt, format!("{text}-12-32")),
            Unit::Month => (Operator::Lt, format!("{text}-32")),
            Unit::Day => (Operator::Lt, format!("{text}~")),
            Unit::Hour => (Operator::Lte, format!("{text}:59:59.999999999")),
        };
        Some(vec![(Operator::Gte, from), end])
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
        let expression = format!("{}({})", function.name(), self.operand(column));
        let meaning = Meaning::Value(column.kind, column.scale);
        let output = Output { meaning, ..computed(table, &expression, column.kind) };
        Computed { output, order: expression }
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

/// The unit of time of a text, exactly where [`Groups::unit_filters`] find it: `from` is the first
/// of the year or of the month, or the day.
pub fn time_unit(text: &str, unit: Unit, is_timestamp: bool) -> Option<String> {
    let key = timestamp_key(text);
    let (length, first) = [(4, "-01-01"), (7, "-01"), (10, ""), (13, "")][unit as usize];
    let begins = if unit == Unit::Hour { key.get(..length)? } else { text.get(..length)? };
    let from = format!("{}{first}", begins.get(..10).unwrap_or(begins));
    if !timestamp::is_date(&from) {
        return None;
    }
    let is_before_end = match unit {
        Unit::Year => *text < *format!("{begins}-12-32"),
        Unit::Month => *text < *format!("{begins}-32"),
        Unit::Day => *text < *format!("{begins}~"),
        Unit::Hour => {
            key >= format!("{begins}:00:00") && key <= format!("{begins}:59:59.999999999")
        }
    };
    // A timestamp is compared by its key as well.
    let is_from = *text >= *from && (!is_timestamp || key >= format!("{from} 00:00:00"));
    (is_before_end && is_from).then(|| begins.replacen(' ', "T", 1))
}

/// A number, or a text that spells one.
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Digits.
    Digits(String),
}

impl Number {
    /// Adds it to a sum.
    pub fn add(&self, sum: &mut Sum) {
        match self {
            Self::Integer(number) => sum.add_integer(*number),
            Self::Digits(digits) => {
                sum.add(digits);
            }
        }
    }

    /// The step that it belongs to.
    pub fn step(&self, width: &Width) -> Option<i64> {
        match self {
            Self::Integer(number) => width.step_of(&number.to_string()),
            Self::Digits(digits) => width.step_of(digits),
        }
    }
}
