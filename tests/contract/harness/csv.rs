//! A strict reader of RFC 4180. It tells an empty field from a quoted empty text, which no CSV
//! library does.

/// Reads records; an empty field is `None`. Whatever RFC 4180 does not allow fails the test.
pub fn read_csv(text: &str) -> Vec<Vec<Option<String>>> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut record = Vec::new();
        loop {
            let (field, after) = field(rest);
            record.push(field);
            if let Some(after) = after.strip_prefix(',') {
                rest = after;
            } else {
                rest = after
                    .strip_prefix("\r\n")
                    .unwrap_or_else(|| panic!("no CRLF ends the record {record:?}"));
                break;
            }
        }
        records.push(record);
    }
    records
}

/// A field and what follows it.
fn field(text: &str) -> (Option<String>, &str) {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n', '"']).unwrap_or(text.len());
        assert!(
            !text[end..].starts_with(['"', '\n']),
            "a quote or line break stands bare: {:?}",
            &text[..end]
        );
        return ((end > 0).then(|| text[..end].to_owned()), &text[end..]);
    };
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('"').expect("a quoted field ends");
        value.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => return (Some(value), after),
        }
    }
}
