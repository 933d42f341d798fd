//! `_next`: where a page goes on. Opaque to clients, versioned, and bound to the table, its sort
//! and its filters.

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::position::{Position, SeekValue, Start};
use super::{NEXT, TableQuery};
use crate::error::Error;
use crate::param::Param;
use crate::table::TableName;

/// Raised whenever the meaning of a token changes: older ones are refused then, never misread.
const VERSION: u64 = 1;

/// Characters of a token at most. What is asked for beside it leaves room for so many: see
/// [`MAX_ADDRESS_BYTES`](super::MAX_ADDRESS_BYTES).
pub const MAX_TOKEN: usize = 3_072;

/// Rows before a position at most: more than any table has, and a number that every database can
/// add a page to.
const MAX_BEFORE: u64 = 1 << 53;

/// What a position is bound to: the table, the order of its rows as it stands in SQL, and what rows
/// there are; `own` is what they must have to be the caller's own. As JSON, so that no two queries look the same, whatever their texts hold.
pub fn binding(
    table: &TableName,
    order_by: &str,
    query: &TableQuery,
    own: &[(&str, &[String])],
) -> String {
    let filters: Vec<_> =
        query.filters.iter().map(|filter| [&filter.parameter, &filter.value]).collect();
    // Where every caller sees the same rows, older tokens stay good.
    let mut bound = vec![
        json!(table.schema),
        json!(table.name),
        json!(order_by),
        json!(query.search),
        json!(filters),
    ];
    bound.extend((!own.is_empty()).then(|| json!(own)));
    Value::Array(bound).to_string()
}

/// Writes a position. Where its values are too long for an address, the number of rows before it
/// stands instead.
pub fn write(position: &Position, binding: &str) -> String {
    let token = encode(position, binding);
    if token.len() <= MAX_TOKEN {
        return token;
    }
    encode(&Position { before: position.before, start: Start::Offset }, binding)
}

fn encode(position: &Position, binding: &str) -> String {
    let start = match &position.start {
        Start::After(values) => Value::Array(values.iter().map(value_to_json).collect()),
        Start::Offset => Value::Null,
    };
    let content = json!([position.before, start]);
    let check = checksum(&content, binding);
    URL_SAFE_NO_PAD.encode_to_string(json!([VERSION, check, content]).to_string())
}

/// Reads a position.
///
/// # Errors
/// [`Error::Parameter`] for whatever is not a token of this version made for this very query.
pub fn read(token: &str, binding: &str) -> Result<Position, Error> {
    let wrong = || {
        Error::parameter(
            NEXT,
            "It belongs to another table, sort or filter; leave it out to start from the first page.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode_to_vec(token).map_err(|_| wrong())?;
    let Ok(Value::Array(parts)) = serde_json::from_slice(&bytes) else { return Err(wrong()) };
    let [version, check, content] = &parts[..] else { return Err(wrong()) };
    if version.as_u64() != Some(VERSION) || check.as_str() != Some(&checksum(content, binding)) {
        return Err(wrong());
    }
    position_from_json(content).ok_or_else(wrong)
}

/// Ties a position to its query. It guards against mistakes, not malice: whoever computes it by
/// hand reaches no row that a filter would not reach as well.
fn checksum(content: &Value, binding: &str) -> String {
    format!("{:016x}", xxh3_64(format!("{binding}\0{content}").as_bytes()))
}

fn value_to_json(value: &SeekValue) -> Value {
    match value {
        SeekValue::Null => Value::Null,
        SeekValue::OfRow => json!(["r"]),
        SeekValue::Value(Param::Integer(number)) => json!(number),
        SeekValue::Value(Param::Text(text) | Param::Ordered(text)) => json!(text),
        SeekValue::Value(Param::Decimal(digits)) => json!(["n", digits]),
        // As bits: JSON has neither infinities nor a promise to keep every digit.
        SeekValue::Value(Param::Double(number)) => json!(["d", number.to_bits()]),
        SeekValue::Value(Param::RawText(bytes)) => {
            json!(["t", URL_SAFE_NO_PAD.encode_to_string(bytes)])
        }
        SeekValue::Value(Param::Binary(bytes)) => {
            json!(["b", URL_SAFE_NO_PAD.encode_to_string(bytes)])
        }
    }
}

fn position_from_json(content: &Value) -> Option<Position> {
    let [before, start] = &content.as_array()?[..] else { return None };
    let start = match start {
        Value::Null => Start::Offset,
        Value::Array(values) => {
            Start::After(values.iter().map(value_from_json).collect::<Option<_>>()?)
        }
        _ => return None,
    };
    let before = before.as_u64().filter(|before| *before <= MAX_BEFORE)?;
    Some(Position { before, start })
}

fn value_from_json(value: &Value) -> Option<SeekValue> {
    Some(match value {
        Value::Null => SeekValue::Null,
        Value::Number(number) => SeekValue::Value(Param::Integer(number.as_i64()?)),
        Value::String(text) => SeekValue::Value(Param::Text(text.clone())),
        Value::Array(tagged) => match (tagged.first()?.as_str()?, tagged.get(1)) {
            ("r", None) => SeekValue::OfRow,
            ("n", Some(digits)) => SeekValue::Value(Param::Decimal(digits.as_str()?.to_owned())),
            ("d", Some(bits)) => SeekValue::Value(Param::Double(f64::from_bits(bits.as_u64()?))),
            ("t", Some(bytes)) => SeekValue::Value(Param::RawText(
                URL_SAFE_NO_PAD.decode_to_vec(bytes.as_str()?).ok()?,
            )),
            ("b", Some(bytes)) => SeekValue::Value(Param::Binary(
                URL_SAFE_NO_PAD.decode_to_vec(bytes.as_str()?).ok()?,
            )),
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seek_value() -> impl Strategy<Value = SeekValue> {
        prop_oneof![
            Just(SeekValue::Null),
            Just(SeekValue::OfRow),
            any::<i64>().prop_map(|number| SeekValue::Value(Param::Integer(number))),
            any::<f64>()
                .prop_filter("NaN is not equal to itself", |number| !number.is_nan())
                .prop_map(|number| SeekValue::Value(Param::Double(number))),
            ".{0,40}".prop_map(|text| SeekValue::Value(Param::Text(text))),
            "-?[0-9]{1,9}\\.[0-9]{0,4}".prop_map(|digits| SeekValue::Value(Param::Decimal(digits))),
            prop::collection::vec(any::<u8>(), 0..40)
                .prop_map(|bytes| SeekValue::Value(Param::Binary(bytes))),
            prop::collection::vec(any::<u8>(), 0..40)
                .prop_map(|bytes| SeekValue::Value(Param::RawText(bytes))),
        ]
    }

    proptest! {
        #[test]
        fn a_token_is_read_as_written(values in prop::collection::vec(seek_value(), 1..5), before in 0..=MAX_BEFORE) {
            let position = Position { before, start: Start::After(values) };
            prop_assert_eq!(read(&write(&position, "query"), "query").unwrap(), position);
        }

        #[test]
        fn a_token_of_another_query_is_refused(values in prop::collection::vec(seek_value(), 1..5)) {
            let token = write(&Position { before: 0, start: Start::After(values) }, "query");
            prop_assert!(read(&token, "other query").is_err());
        }

        #[test]
        fn a_changed_token_is_refused(index in 0_usize..60, letter in "[A-Za-z0-9_-]") {
            let token = write(&Position { before: 3, start: Start::After(vec![SeekValue::Value(Param::Integer(77))]) }, "q");
            let index = index % token.len();
            let mut changed = token.clone();
            changed.replace_range(index..index + 1, &letter);
            // The last letter of base64 carries unused bits; a strict decoder refuses those too.
            prop_assert_eq!(read(&changed, "q").is_ok(), changed == token);
        }

        #[test]
        fn anything_else_is_refused(text in ".{0,80}") {
            prop_assert!(read(&text, "q").is_err());
        }
    }

    #[test]
    fn values_too_long_for_an_address_become_an_offset() {
        let long = SeekValue::Value(Param::Text("x".repeat(9_000)));
        let token = write(&Position { before: 40, start: Start::After(vec![long]) }, "q");
        assert_eq!(read(&token, "q").unwrap(), Position { before: 40, start: Start::Offset });
    }
}
