//! Grouping in IRIS, by functions that every version has. `GROUP BY` takes columns and functions of
//! columns; without `%EXACT` it puts texts together that differ in case alone.

use super::Iris;
use crate::cell::Cell;
use crate::dialect::{Computed, Dialect as _, GroupPart, Groups, Total};
use crate::grouping::{Function, Step, Unit};
use crate::operator::Operator;
use crate::statement::{Fetch, Meaning, Output};
use crate::table::{Column, Type};

/// The functions of a date's parts, the longest first.
const PARTS: [&str; 3] = ["YEAR", "MONTH", "DAYOFMONTH"];

/// Digits of the lower part of a number in a sum. IRIS adds with 18 digits: so many are left for the
/// number of rows.
const LOWER_DIGITS: u32 = 9;

/// The last year that a filter takes.
const LAST_YEAR: &str = "9999";

impl Groups for Iris {
    fn group(
        &self,
        table: &str,
        column: &Column,
        step: &Step,
    ) -> Result<Vec<GroupPart>, &'static str> {
        let quoted = self.column(&column.name);
        let integer = |expression: String| {
            part(Output {
                fetch: Fetch::Integer,
                ..computed(table, &expression, Meaning::Value(Type::Integer, None))
            })
        };
        Ok(match step {
            Step::Unit(unit) => {
                let dates = PARTS.iter().take(*unit as usize + 1);
                let dates = dates.map(|function| integer(format!("{function}({quoted})")));
                // Of the text: a timestamp is stored as one, or as a number.
                let hour = format!("SUBSTRING(%ODBCOUT({quoted}),12,2)");
                let hour = computed(table, &hour, Meaning::Value(Type::Text, None));
                dates.chain((*unit == Unit::Hour).then(|| part(hour))).collect()
            }
            Step::Width(width) => {
                if column.kind == Type::Double && width.scale > 0 {
                    return Err("This database steps through floats by whole numbers only.");
                }
                vec![integer(format!("FLOOR({quoted} / {})", width.text))]
            }
            Step::Value => {
                let mut output = self.output(table, column);
                if column.kind == Type::Text {
                    output.expression = format!("%EXACT({quoted})");
                }
                vec![part(output)]
            }
        })
    }

    fn unit(&self, unit: Unit, cells: &[Cell<'_>]) -> Option<String> {
        let numbers = cells.iter().map(|cell| cell.text()?.parse::<u32>().ok());
        let numbers: Vec<u32> = numbers.collect::<Option<_>>()?;
        let mut text = format!("{:04}", numbers.first()?);
        for number in &numbers[1..] {
            let sign =
                if unit == Unit::Hour && text.len() == "2024-07-31".len() { 'T' } else { '-' };
            text.push_str(&format!("{sign}{number:02}"));
        }
        Some(text)
    }

    fn unit_filters(&self, unit: Unit, text: &str) -> Option<Vec<(Operator, String)>> {
        let (from, to) = crate::grouping::bounds(unit, text)?;
        // There is no year 10000.
        let end = (to.len() <= from.len()).then_some((Operator::Lt, to));
        debug_assert!(end.is_some() || text.starts_with(LAST_YEAR));
        Some(std::iter::once((Operator::Gte, from)).chain(end).collect())
    }

    /// In two parts: with more than 18 digits, a sum would be rounded. As text, because the driver
    /// cuts the fraction of a computed number.
    fn total(&self, table: &str, column: &Column) -> Total {
        let quoted = self.column(&column.name);
        let power = LOWER_DIGITS.saturating_sub(column.scale.unwrap_or_default());
        let unit = format!("1{}", "0".repeat(power as usize));
        let upper = format!("FLOOR({quoted} / {unit})");
        let part = |summed: &str| {
            computed(table, &text(&format!("SUM({summed})")), Meaning::Value(Type::Text, None))
        };
        Total {
            parts: vec![
                (part(&upper), i32::try_from(power).unwrap_or_default()),
                (part(&format!("{quoted} - {upper} * {unit}")), 0),
            ],
            order: format!("SUM({quoted})"),
        }
    }

    fn summed(&self, column: &Column) -> String {
        format!("COUNT({})", self.column(&column.name))
    }

    fn float(&self, table: &str, column: &Column, function: Function) -> Computed {
        let expression =
            format!("{}({})", function.name().to_uppercase(), self.column(&column.name));
        let meaning = Meaning::Value(Type::Double, None);
        let output = Output { fetch: Fetch::Double, ..computed(table, &expression, meaning) };
        Computed { output, order: expression }
    }

    /// Of texts under their collation, `MIN` may give another one that differs in case.
    fn extreme(&self, table: &str, column: &Column, function: Function) -> Computed {
        let quoted = self.column(&column.name);
        let shown = self.output(table, column);
        let value = if column.kind == Type::Text { format!("%EXACT({quoted})") } else { quoted };
        let order = format!("{}({value})", function.name().to_uppercase());
        let expression = if column.kind == Type::Decimal { text(&order) } else { order.clone() };
        let origin = format!("{table}.{expression}");
        Computed { output: Output { expression, origin, ..shown }, order }
    }
}

fn part(output: Output) -> GroupPart {
    let expression = output.expression.clone();
    GroupPart { expression, placeholder: "?".to_owned(), output }
}

/// Without a length, a cast cuts at 30.
fn text(expression: &str) -> String {
    format!("CAST({expression} AS VARCHAR(80))")
}

fn computed(table: &str, expression: &str, meaning: Meaning) -> Output {
    Output {
        expression: expression.to_owned(),
        origin: format!("{table}.{expression}"),
        fetch: Fetch::Text,
        meaning,
        declared: Some(80),
    }
}
