//! What a group is called, and the filters that find its rows and no others.

use std::borrow::Cow;

use super::{Value, value};
use crate::cell::Cell;
use crate::dialect::Dialect;
use crate::grouping::{By, Step};
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::statement::Meaning;
use crate::table::{Column, Type};

/// Characters of a value that a group is called by at most. A longer one is cut visibly; no address
/// could hold it, so that the group's rows are not linked.
pub const LONGEST_NAME: usize = 4_000;

/// Filters that find the rows of a group; `None` where none do.
pub type Filters = Option<Vec<(Operator, String)>>;

/// What the cells of a term are to a client, and the filters for them.
pub fn term(
    by: &By,
    column: &Column,
    cells: &[Cell<'_>],
    meaning: Meaning,
    dialect: &dyn Dialect,
) -> (Value<'static>, Filters) {
    let Some(first) = cells.first() else { return (Value::Null, None) };
    match &by.step {
        Step::Value => plain(*first, column, meaning, dialect),
        Step::Unit(unit) => match dialect.unit(*unit, cells) {
            Some(text) => {
                let filters = dialect.unit_filters(*unit, &text);
                (Value::Text(text.into()), filters)
            }
            None => plain(*first, column, meaning, dialect),
        },
        Step::Width(width) => {
            let step = first.text().and_then(|text| text.parse::<i128>().ok());
            let ends = step.and_then(|step| Some((width.times(step)?, width.times(step + 1)?)));
            let is_step = match first {
                // Bytes are in no step, though they may spell a number.
                Cell::Double(_) | Cell::Bytes(_) => false,
                Cell::Text(_) if dialect.keeps_any_type() => {
                    step.is_some_and(|step| i64::try_from(step).is_err())
                }
                _ => true,
            };
            match ends.filter(|_| is_step) {
                Some((from, to)) => {
                    let filters = between(&from, to, column.kind);
                    let fits =
                        filters.iter().all(|(_, end)| dialect.read_ordered(end, column).is_ok());
                    (number(from, column.kind), fits.then_some(filters))
                }
                None => plain(*first, column, meaning, dialect),
            }
        }
    }
}

/// The filters of a step. Whole numbers end before some steps do.
fn between(from: &str, to: String, kind: Type) -> Vec<(Operator, String)> {
    let ends = |end: &str| kind == Type::Integer && end.parse::<i64>().is_err();
    let least = if ends(from) { i64::MIN.to_string() } else { from.to_owned() };
    let greatest = match ends(&to) {
        true => (Operator::Lte, i64::MAX.to_string()),
        false => (Operator::Lt, to),
    };
    vec![(Operator::Gte, least), greatest]
}

/// The lower end of a step as its column's values are shown.
fn number(text: String, kind: Type) -> Value<'static> {
    match value(Cell::Text(text.as_bytes()), Meaning::Value(Type::Decimal, None)) {
        Value::Text(_) if kind == Type::Double => Value::Number(text.into()),
        Value::Text(_) if kind == Type::Integer => whole(text),
        _ => Value::Text(text.into()),
    }
}

/// A whole number, as those of 64 bits are shown.
pub fn whole(text: String) -> Value<'static> {
    match text.parse::<i64>() {
        Ok(number) => owned(value(Cell::Integer(number), Meaning::Value(Type::Integer, None))),
        Err(_) => Value::Text(text.into()),
    }
}

fn plain(
    cell: Cell<'_>,
    column: &Column,
    meaning: Meaning,
    dialect: &dyn Dialect,
) -> (Value<'static>, Filters) {
    if cell == Cell::Null {
        return (Value::Null, Some(vec![(Operator::IsNull, "true".to_owned())]));
    }
    let shown = value(cell, meaning);
    if let Some(cut) = shown.cut(LONGEST_NAME) {
        return (owned(cut), None);
    }
    let filter = finding(cell, &shown, column, dialect);
    (owned(shown), filter.map(|filter| vec![filter]))
}

/// The filter that finds this very value.
fn finding(
    cell: Cell<'_>,
    shown: &Value<'_>,
    column: &Column,
    dialect: &dyn Dialect,
) -> Option<(Operator, String)> {
    let text = shown.text()?.into_owned();
    let operand = dialect.read_value(&text, column).ok()?;
    let is_utf8 = !matches!(cell, Cell::Text(bytes) if std::str::from_utf8(bytes).is_err());
    let finds = match dialect.keeps_any_type() {
        true => finds(cell, &operand, column.kind),
        false => dialect.is_faithful(&text),
    };
    // Where any value may stand in any column, any column may ignore case.
    let is_odd = dialect.keeps_any_type()
        && matches!(operand, Operand::One(Param::Text(_)))
        && text.contains(|letter: char| letter.is_alphabetic() || letter == ' ');
    let operator = match column.kind {
        Type::Text => Operator::Exact,
        _ if is_odd => Operator::Exact,
        _ => Operator::Equal,
    };
    (is_utf8 && finds).then_some((operator, text))
}

/// A filter by this operand finds the values that are grouped under the cell, and no others.
fn finds(cell: Cell<'_>, operand: &Operand, kind: Type) -> bool {
    match operand {
        // Groups have the key by which it is compared.
        Operand::Timestamp(_) => matches!(cell, Cell::Text(_)),
        Operand::One(Param::Text(text)) if kind == Type::Text => match cell {
            Cell::Text(stored) => stored == text.as_bytes(),
            // A column of texts that keeps numbers takes a text for one.
            Cell::Integer(_) | Cell::Double(_) => cell.text().as_deref() == Some(text),
            _ => false,
        },
        // The first spelling is the number or the truth value, which the others are put together
        // with.
        Operand::Several(spellings) if matches!(kind, Type::Dynamic | Type::Boolean) => {
            spellings.first().is_some_and(|first| super::names::is_bound(cell, first))
        }
        operand => operand.spellings().iter().any(|param| super::names::is_bound(cell, param)),
    }
}

/// The value for as long as one likes.
pub fn owned(value: Value<'_>) -> Value<'static> {
    let text = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    match value {
        Value::Null => Value::Null,
        Value::Boolean(truth) => Value::Boolean(truth),
        Value::Integer(number) => Value::Integer(number),
        Value::Double(number) => Value::Double(number),
        Value::Number(number) => Value::Number(text(number)),
        Value::Text(value) => Value::Text(text(value)),
        Value::Binary(bytes) => Value::Binary(Cow::Owned(bytes.into_owned())),
        Value::Size(bytes) => Value::Size(bytes),
    }
}
