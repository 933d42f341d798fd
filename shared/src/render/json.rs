//! JSON: rows straight from their cells, everything else by serde.

use base64_simd::STANDARD;
use serde::Serialize;

use crate::error::Error;
use crate::view::{PageParts, TablePage, Value};

/// Column names as they stand before their values: `"name":`, and `,"name":` for all but the first.
pub fn keys(names: &[String]) -> Vec<Vec<u8>> {
    names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let mut key = Vec::with_capacity(name.len() + 4);
            if index > 0 {
                key.push(b',');
            }
            write_string(&mut key, name);
            key.push(b':');
            key
        })
        .collect()
}

/// Writes a row as an object. The keys are all that [`keys`] made, in the order of the values.
pub fn write_object<'a>(
    body: &mut Vec<u8>,
    keys: &[Vec<u8>],
    values: impl Iterator<Item = Value<'a>>,
) {
    body.push(b'{');
    for (key, value) in keys.iter().zip(values) {
        body.extend_from_slice(key);
        write_value(body, &value);
    }
    body.push(b'}');
}

/// Writes a value.
pub fn write_value(body: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => body.extend_from_slice(b"null"),
        Value::Boolean(true) => body.extend_from_slice(b"true"),
        Value::Boolean(false) => body.extend_from_slice(b"false"),
        Value::Integer(number) => write_number(body, number),
        Value::Double(number) => write_number(body, number),
        Value::Number(number) => body.extend_from_slice(number.as_bytes()),
        Value::Text(text) => write_string(body, text),
        Value::Binary(bytes) => write_string(body, &STANDARD.encode_to_string(bytes)),
        Value::Size(bytes) => body.extend_from_slice(bytes.to_string().as_bytes()),
    }
}

fn write_number(body: &mut Vec<u8>, number: &impl Serialize) {
    // Writing to a Vec cannot fail.
    let _ = serde_json::to_writer(body, number);
}

fn write_string(body: &mut Vec<u8>, text: &str) {
    // Writing to a Vec cannot fail, and a text has nothing that JSON cannot hold.
    let _ = serde_json::to_writer(body, text);
}

/// Writes an object but for its closing brace, which [`close_object`] writes.
///
/// # Errors
/// [`Error::Internal`] for what is no object.
pub fn open_object(body: &mut Vec<u8>, members: &impl Serialize) -> Result<(), Error> {
    write(body, members)?;
    match body.pop() {
        Some(b'}') => Ok(()),
        _ => Err(Error::internal("JSON: what stands around rows must be an object")),
    }
}

/// Writes further members of an open object, and closes it with a line break.
///
/// # Errors
/// [`Error::Internal`] for what is no object.
pub fn close_object(body: &mut Vec<u8>, members: &impl Serialize) -> Result<(), Error> {
    let start = body.len();
    write(body, members)?;
    match body.get_mut(start) {
        Some(brace @ b'{') => *brace = b',',
        _ => return Err(Error::internal("JSON: what stands around rows must be an object")),
    }
    body.push(b'\n');
    Ok(())
}

/// Writes anything that serde can.
pub fn write(body: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    serde_json::to_writer(body, value).map_err(|error| Error::internal(format!("JSON: {error}")))
}

/// What a page of rows shows, without the names that its script knows already.
pub fn page_parts(page: &TablePage) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    write(&mut body, &PageParts::of(page))?;
    body.push(b'\n');
    Ok(body)
}
