//! The query string as names and values, and back.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::Error;

/// What may stand as it is in a query's name or value: RFC 3986's unreserved characters, and those
/// that neither ends nor parts a value and that people like to read.
const VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b',').remove(b':');

/// What may stand as it is in a path's segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What may stand as it is in a template's variable.
const VARIABLE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_');

/// Bytes that a query mostly has at most: only a longer address is moved as it grows.
const USUAL_BYTES: usize = 64;

/// Splits a query string as the WHATWG URL standard does for forms: `+` is a space, `%XX` a byte.
///
/// # Errors
/// [`Error::Parameter`] where a name or value is no UTF-8: taking it for something else could find
/// other rows.
pub fn parse(query: &str) -> Result<Vec<(String, String)>, Error> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = decode(name).ok_or_else(|| {
                Error::parameter(name.to_owned(), "The parameter's name is not UTF-8.")
            })?;
            let value = decode(value).ok_or_else(|| {
                Error::parameter(name.clone(), "Its value is not UTF-8, percent-encoded.")
            })?;
            Ok((name, value))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    percent_decode_str(&blanks).decode_utf8().ok().map(|decoded| decoded.into_owned())
}

/// A path's segment, percent-encoded.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A name as a variable of a template (RFC 6570 section 2.3).
pub fn variable(name: &str) -> String {
    utf8_percent_encode(name, VARIABLE).to_string()
}

/// A table's name as a path's segment. A `?` is encoded twice: API Gateway decodes a path once, and
/// cuts it at a `?`.
pub fn table_segment(name: &str) -> String {
    segment(name).replace("%3F", "%253F")
}

/// A query string: the pairs, without a `?`.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let address = address("", pairs);
    address.strip_prefix('?').map(str::to_owned).unwrap_or_default()
}

/// An address: the path, and the pairs as its query.
pub fn address<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = String::with_capacity(path.len() + USUAL_BYTES);
    address.push_str(path);
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.extend(utf8_percent_encode(name, VALUE));
        address.push('=');
        address.extend(utf8_percent_encode(value, VALUE));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(pairs in prop::collection::vec((".{1,8}", ".{0,12}"), 0..5)) {
            let written = address("/table/x", pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let query = written.split_once('?').map_or("", |(_, query)| query);
            prop_assert!(query.is_ascii());
            prop_assert_eq!(parse(query).unwrap(), pairs);
        }

        #[test]
        fn any_query_is_read_or_refused(query in ".{0,60}") {
            if let Ok(pairs) = parse(&query) {
                prop_assert_eq!(pairs.len(), query.split('&').filter(|part| !part.is_empty()).count());
            }
        }
    }

    #[test]
    fn blanks_percents_and_bad_bytes() {
        assert_eq!(
            parse("a=b+c%20d&e").unwrap(),
            [("a".into(), "b c d".into()), ("e".into(), String::new())]
        );
        assert_eq!(parse("a=50%").unwrap(), [("a".into(), "50%".into())]);
        assert!(parse("a=%ff").is_err());
    }
}
