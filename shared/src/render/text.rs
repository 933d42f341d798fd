//! CSV as RFC 4180 has it: CRLF after each record, quotes only where they must be, doubled within.
//!
//! Written here because no CSV library tells NULL (nothing) from an empty text (`""`).

use crate::view::Value;

/// Writes one record. NULL is nothing, an empty text is `""`.
pub fn write_csv_record<'a>(body: &mut Vec<u8>, values: impl Iterator<Item = Value<'a>>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        if let Some(text) = value.text() {
            write_field(body, &text);
        }
    }
    body.extend_from_slice(b"\r\n");
}

/// Writes the record of names.
pub fn write_csv_names(body: &mut Vec<u8>, names: &[String]) {
    write_csv_record(body, names.iter().map(|name| Value::Text(name.as_str().into())));
}

fn write_field(body: &mut Vec<u8>, text: &str) {
    let must_quote = |byte: u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    // A space at either end is quoted too: some readers strip it otherwise.
    let quoted = text.is_empty()
        || text.bytes().any(must_quote)
        || text.starts_with(' ')
        || text.ends_with(' ');
    if !quoted {
        body.extend_from_slice(text.as_bytes());
        return;
    }
    body.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            body.push(b'"');
        }
        body.push(byte);
    }
    body.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_empty_and_special_characters() {
        let mut body = Vec::new();
        let texts = ["", "plain", "a,b", "say \"hi\"", "two\nlines", " space", "a\rb", "12345678,"];
        let values = std::iter::once(Value::Null)
            .chain(texts.iter().map(|text| Value::Text((*text).into())));
        write_csv_record(&mut body, values);
        let expected = ",\"\",plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" space\",\"a\rb\",\"12345678,\"\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }
}
