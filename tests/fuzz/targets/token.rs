//! The position of a page in its address.

use iris_tables::param::Param;
use iris_tables::query::position::{Position, SeekValue, Start};
use iris_tables::query::{Sizes, TableQuery, table_query, token};
use iris_tables::sql::plan;
use iris_tables::sql::select::Shows;

use super::{sql, table};

/// Any text is refused, or means one position only; a position that was written is read again, by
/// its own query alone, and what is bound fits the statement that continues from there.
pub fn check(data: &[u8]) {
    let (dialect, rest) = table::dialect(data);
    let text = String::from_utf8_lossy(rest);
    assert!(token::read(&text, "a query").is_err(), "a token was guessed: {text}");
    let values = values(rest);
    let table = table::seen(table::table(dialect, true), rest.len() % 2 == 0, dialect);
    let sizes = Sizes { default: 10, maximum: 10 };
    let sort = ["Name", "-a", "a__gt", "-Day", "Hour"][..values.len().clamp(1, 6) - 1].join(",");
    let pairs = if sort.is_empty() { Vec::new() } else { vec![("_sort".to_owned(), sort)] };
    let query = table_query(&pairs, &table, dialect, sizes).unwrap();
    let binding = plan::binding(&table, &query, dialect);
    let position = Position { before: rest.len() as u64, start: Start::After(values) };
    let written = token::write(&position, &binding);
    assert!(written.len() <= token::MAX_TOKEN, "{}", written.len());
    let read = token::read(&written, &binding).unwrap();
    let is_offset = read == Position { start: Start::Offset, ..position.clone() };
    assert!(is_offset || read == position);
    assert!(token::read(&written, "a query").is_err());
    let next = TableQuery { next: Some(written), ..query };
    if let Ok(plan) = plan::page(&table, &next, 10, Shows::Values, dialect) {
        sql::check(&plan.statement);
        plan.begins_at.iter().for_each(sql::check);
    }
}

/// Values of a row: of each part up to a line break, the first byte is the kind.
fn values(data: &[u8]) -> Vec<SeekValue> {
    data.split(|byte| *byte == b'\n').take(6).map(value).collect()
}

fn value(part: &[u8]) -> SeekValue {
    let (kind, rest) = part.split_first().unwrap_or((&0, part));
    let mut number = [0; 8];
    let length = rest.len().min(8);
    number[..length].copy_from_slice(&rest[..length]);
    let double = f64::from_le_bytes(number);
    match kind % 7 {
        0 => SeekValue::Null,
        1 => SeekValue::OfRow,
        2 => SeekValue::Value(Param::RawText(rest.to_vec())),
        3 => SeekValue::Value(Param::Integer(i64::from_le_bytes(number))),
        // NaN is not equal to itself.
        4 => SeekValue::Value(Param::Double(if double.is_nan() { f64::INFINITY } else { double })),
        5 => SeekValue::Value(Param::Text(String::from_utf8_lossy(rest).into_owned())),
        _ => SeekValue::Value(Param::Binary(rest.to_vec())),
    }
}
