//! Values as JSON and CSV have them.

use base64_simd::STANDARD;
use iris_tables::cell::Cell;
use iris_tables::render::{json, text};
use iris_tables::statement::Meaning;
use iris_tables::table::Type;
use iris_tables::view::{Value, value};
use serde_json::Value as Json;

/// Whatever a driver hands out, a reader of JSON and one of CSV get what the cell means. Each line
/// of the input is a cell, its first byte says of which type; the cell is a column's name too.
pub fn check(data: &[u8]) {
    let cells: Vec<(Cell<'_>, Meaning)> =
        data.split(|byte| *byte == b'\n').take(8).map(cell).collect();
    let values = || cells.iter().map(|(cell, coding)| value(*cell, *coding));
    let names: Vec<String> = cells
        .iter()
        .enumerate()
        .map(|(index, (cell, _))| format!("{index}{}", cell.text().unwrap_or_default()))
        .collect();
    let mut body = Vec::new();
    json::write_object(&mut body, &json::keys(&names), values());
    let read: Json = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(read.as_object().unwrap().len(), names.len());
    for (name, value) in names.iter().zip(values()) {
        assert_eq!(read[name], expected(&value), "{value:?}");
    }
    assert!(!body.contains(&b'\n'), "a line of NDJSON");
    let mut body = Vec::new();
    text::write_csv_names(&mut body, &names);
    text::write_csv_record(&mut body, values());
    let records = read_csv(std::str::from_utf8(&body).expect("UTF-8"));
    let as_texts = names.iter().map(|name| Some(name.clone())).collect();
    let texts = values().map(|value| value.text().map(|text| text.into_owned())).collect();
    assert_eq!(records, [as_texts, texts] as [Vec<Option<String>>; 2]);
}

fn cell(part: &[u8]) -> (Cell<'_>, Meaning) {
    let (kind, rest) = part.split_first().unwrap_or((&255, part));
    let scale = kind.is_multiple_of(2).then_some(2);
    let of = Type::ALL[usize::from(*kind) / 2 % Type::ALL.len()];
    let number = rest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let value = Meaning::Value(of, scale);
    match kind / 32 {
        0..=2 => (Cell::Text(rest), value),
        3 => (Cell::Bytes(rest), value),
        4 => (Cell::Integer(number.cast_signed()), value),
        5 => (Cell::Double(f64::from_bits(number)), value),
        6 if scale.is_some() => (Cell::Integer(number.cast_signed()), Meaning::Size),
        6 => (Cell::Text(rest), Meaning::ShortOffset),
        _ => (Cell::Null, value),
    }
}

fn expected(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(_) | Value::Double(_) | Value::Number(_) => {
            let digits = value.text().expect("digits");
            let number: serde_json::Number = digits.parse().expect("a number of JSON");
            // What every reader of JSON keeps exact.
            assert!(
                number.is_f64()
                    || number.as_i64().is_some_and(|number| number.unsigned_abs() < 1 << 53),
                "{digits}"
            );
            Json::Number(number)
        }
        Value::Text(text) => Json::String(text.clone().into_owned()),
        Value::Binary(bytes) => Json::String(STANDARD.encode_to_string(bytes)),
        Value::Size(bytes) => Json::from(*bytes),
    }
}

/// A strict reader of RFC 4180 that tells an empty field from a quoted empty text.
fn read_csv(text: &str) -> Vec<Vec<Option<String>>> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut record = Vec::new();
        loop {
            let (field, after) = read_field(rest);
            record.push(field);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => {
                    rest = after.strip_prefix("\r\n").expect("CRLF ends a record");
                    break;
                }
            }
        }
        records.push(record);
    }
    records
}

fn read_field(text: &str) -> (Option<String>, &str) {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n', '"']).expect("a record ends");
        return ((end > 0).then(|| text[..end].to_owned()), &text[end..]);
    };
    let mut field = String::new();
    loop {
        let (part, after) = rest.split_once('"').expect("a quoted field ends");
        field.push_str(part);
        let Some(after) = after.strip_prefix('"') else { return (Some(field), after) };
        field.push('"');
        rest = after;
    }
}
