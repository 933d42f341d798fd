//! JSON: rows straight from their cells, everything else by serde.

use base64_simd::STANDARD;
use serde::Serialize;

use crate::bytes::{any_word, has, has_below};
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

/// Most texts have nothing to escape. To copy those takes a third of what `serde_json` takes, which
/// looks at each byte by itself.
fn write_string(body: &mut Vec<u8>, text: &str) {
    let must_escape = |word| has_below(word, b' ') || has(word, b'"') || has(word, b'\\');
    if !any_word(text.as_bytes(), must_escape) {
        body.reserve(text.len() + 2);
        body.push(b'"');
        body.extend_from_slice(text.as_bytes());
        body.push(b'"');
        return;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_written_as_serde_json_writes_it() {
        for letter in (0..0x250).chain(0x1F600..0x1F604).filter_map(char::from_u32) {
            for text in [letter.to_string(), format!("{letter}234567"), format!("12345678{letter}")]
            {
                let mut body = Vec::new();
                write_string(&mut body, &text);
                assert_eq!(body, serde_json::to_vec(&text).unwrap());
            }
        }
    }
}
