//! What names a value in an address: only what finds that very value.

use super::value;
use crate::cell::Cell;
use crate::dialect::Dialect;
use crate::param::Param;
use crate::statement::Meaning;
use crate::table::{Column, Type};

/// A value of a row's own key as a text that finds it: as people read it where that does, else as
/// it is stored.
pub fn key_text(
    cell: Cell<'_>,
    meaning: Meaning,
    column: &Column,
    dialect: &dyn Dialect,
) -> Option<String> {
    shown(cell, meaning, column, dialect).or_else(|| stored(cell, column, dialect))
}

/// A value as a text that finds it in another table's column: as it is stored, where that does,
/// because that column may be of another type.
pub fn reference_text(
    cell: Cell<'_>,
    meaning: Meaning,
    column: &Column,
    dialect: &dyn Dialect,
) -> Option<String> {
    let text = stored(cell, column, dialect).or_else(|| shown(cell, meaning, column, dialect))?;
    Some(dialect.linked(text, column))
}

/// As it is stored, with nothing added that its column's type would add.
fn stored(cell: Cell<'_>, column: &Column, dialect: &dyn Dialect) -> Option<String> {
    if !dialect.keeps_any_type() {
        return None;
    }
    let text = match cell {
        Cell::Integer(number) => number.to_string(),
        Cell::Double(number) if number.is_finite() => number.to_string(),
        Cell::Text(text) => std::str::from_utf8(text).ok()?.to_owned(),
        _ => return None,
    };
    finding(text, cell, column, dialect)
}

/// As it is shown.
fn shown(
    cell: Cell<'_>,
    meaning: Meaning,
    column: &Column,
    dialect: &dyn Dialect,
) -> Option<String> {
    // It finds itself in every database: no proof is needed.
    if let (Cell::Integer(number), Meaning::Value(Type::Integer, _)) = (cell, meaning)
        && column.kind == Type::Integer
    {
        return Some(number.to_string());
    }
    let text = value(cell, meaning).text()?.into_owned();
    finding(text, cell, column, dialect).filter(|text| dialect.is_faithful(text))
}

/// The text, if it finds the value: where values of any type may stand in any column, that is
/// proven.
fn finding(text: String, cell: Cell<'_>, column: &Column, dialect: &dyn Dialect) -> Option<String> {
    let param = dialect.read_value(&text, column).ok()?.exact()?;
    let finds = if dialect.keeps_any_type() { is_bound(cell, &param) } else { is_as_shown(cell) };
    finds.then_some(text)
}

/// False for a text that is not UTF-8: it is shown with U+FFFD.
fn is_as_shown(cell: Cell<'_>) -> bool {
    !matches!(cell, Cell::Text(bytes) if std::str::from_utf8(bytes).is_err())
}

/// Exactly the value that is bound: a row that has it is found by that. A whole number may be
/// stored as a float.
pub fn is_bound(cell: Cell<'_>, param: &Param) -> bool {
    match (cell, param) {
        (Cell::Integer(stored), Param::Integer(bound)) => stored == *bound,
        (Cell::Double(stored), Param::Double(bound)) => stored == *bound,
        (Cell::Double(float), Param::Integer(whole)) => same_number(float, *whole),
        (Cell::Integer(whole), Param::Double(float)) => same_number(*float, whole),
        (Cell::Text(stored), Param::Text(bound)) => stored == bound.as_bytes(),
        (Cell::Bytes(stored), Param::Binary(bound)) => stored == bound,
        _ => false,
    }
}

/// 2⁶³, the first float that is no 64-bit integer any more.
const BEYOND_INTEGERS: f64 = 9_223_372_036_854_775_808.0;

fn same_number(float: f64, whole: i64) -> bool {
    float.fract() == 0.0
        && (-BEYOND_INTEGERS..BEYOND_INTEGERS).contains(&float)
        && float as i64 == whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_as_integer_and_as_float_only_where_both_are_exact() {
        assert!(is_bound(Cell::Integer(7), &Param::Double(7.0)));
        assert!(is_bound(
            Cell::Double(9_007_199_254_740_992.0),
            &Param::Integer(9_007_199_254_740_992)
        ));
        assert!(!is_bound(
            Cell::Integer(9_007_199_254_740_993),
            &Param::Double(9_007_199_254_740_992.0)
        ));
        assert!(!is_bound(Cell::Integer(i64::MAX), &Param::Double(9_223_372_036_854_775_808.0)));
        assert!(!is_bound(Cell::Integer(0), &Param::Double(0.5)));
        assert!(!is_bound(Cell::Text(b"7"), &Param::Integer(7)));
        assert!(!is_bound(Cell::Double(f64::NEG_INFINITY), &Param::Integer(i64::MIN)));
    }
}
