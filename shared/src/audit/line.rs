//! What a line says.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::record::{Record, Seen};
use crate::request::Request;
use crate::table::TableName;
use crate::timestamp;

/// Keys that a line lists; of more rows the first and the last.
const MOST_KEYS: usize = 100;

/// Bytes of a line at most: CloudWatch Logs takes 256 kB for an event.
const MOST_BYTES: usize = 250_000;

/// Letters of a download's id.
const DOWNLOAD_LETTERS: std::ops::RangeInclusive<usize> = 1..=64;

/// The header in which a client says that its requests are one download.
const DOWNLOAD: &str = "download-id";

/// The lines of an answer. `columns` come last: CloudWatch Logs Insights knows the first 200 members
/// of a line, and each name in a list is one.
///
/// They are of its table, and of those whose rows it counts or names besides.
pub fn lines(
    request: &Request,
    record: &Record,
    status: u16,
    since: Duration,
    is_audited: impl Fn(&TableName) -> bool,
) -> Vec<String> {
    let (line, seen) = (record.so_far(), record.seen());
    let mut lines = Vec::new();
    let common = |table: &TableName, action: &str| {
        let mut members = Map::new();
        let millis = since.subsec_millis();
        let time = timestamp::utc(since.as_secs()).replace('Z', &format!(".{millis:03}Z"));
        members.insert("time".into(), time.into());
        members.insert("request_id".into(), request.id.clone().into());
        members.insert("caller".into(), caller(&seen));
        members.insert("table".into(), table.to_string().into());
        members.insert("action".into(), action.into());
        members.insert("method".into(), request.method.as_str().into());
        members.insert("query".into(), request.query.clone().into());
        members.insert("status".into(), status.into());
        members.insert("download".into(), download(request));
        members
    };
    if let Some(table) = line.table.as_ref().filter(|table| is_audited(table))
        && line.route != "schema"
    {
        let mut members =
            common(table, if seen.action.is_empty() { line.route } else { seen.action });
        members.insert("rows".into(), line.rows.into());
        add_keys(&mut members, &seen.key, &seen.keys);
        members.insert("columns".into(), seen.columns.clone().into());
        lines.push(written(members));
    }
    for other in seen.others.iter().filter(|other| is_audited(&other.table)) {
        let mut members = common(&other.table, other.action);
        members.insert("rows".into(), other.rows.into());
        add_keys(&mut members, &other.key, &other.keys);
        members.insert("columns".into(), other.columns.clone().into());
        lines.push(written(members));
    }
    lines
}

fn caller(seen: &Seen) -> Value {
    match &seen.caller {
        None => Value::Null,
        Some(caller) => json!({
            "source": caller.source.word(),
            "issuer": caller.issuer,
            "subject": caller.subject,
            "name": caller.name,
        }),
    }
}

/// What a client calls its download, if it is a plain name.
fn download(request: &Request) -> Value {
    let id = request.headers.get(DOWNLOAD).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        DOWNLOAD_LETTERS.contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    id.filter(is_plain).into()
}

fn add_keys(members: &mut Map<String, Value>, names: &[String], keys: &[Vec<Option<String>>]) {
    let key = |row: &Vec<Option<String>>| {
        let pairs = names.iter().zip(row);
        Value::Object(pairs.map(|(name, text)| (name.clone(), text.clone().into())).collect())
    };
    // Rows without a key of columns: `query` alone tells which they may be.
    if names.is_empty() && members["rows"].as_u64().is_some_and(|rows| rows > 0) {
        return;
    }
    let ends = [("first", keys.first()), ("last", keys.last())];
    if keys.len() > MOST_KEYS {
        members.extend(ends.map(|(name, row)| (name.to_owned(), row.map(key).into())));
    } else {
        members.insert("keys".into(), keys.iter().map(key).collect::<Vec<_>>().into());
    }
}

/// As JSON. Where it would be too long, it has less, one after the other: of the keys the first and
/// the last, as for more rows than [`MOST_KEYS`]; the number of columns in place of their names; no
/// keys.
fn written(mut members: Map<String, Value>) -> String {
    let shorten: [fn(&mut Map<String, Value>); 3] = [
        |members| {
            if let Some(Value::Array(keys)) = members.shift_remove("keys") {
                members.insert("first".to_owned(), keys.first().cloned().into());
                members.insert("last".to_owned(), keys.last().cloned().into());
            }
        },
        |members| {
            if let Some(Value::Array(names)) = members.get("columns") {
                members.insert("columns".to_owned(), names.len().into());
            }
        },
        |members| members.retain(|name, _| !["first", "last"].contains(&name.as_str())),
    ];
    let mut text = Value::Object(members.clone()).to_string();
    for shorten in shorten {
        if text.len() <= MOST_BYTES {
            break;
        }
        shorten(&mut members);
        text = Value::Object(members.clone()).to_string();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_would_be_too_long_has_less_and_says_so() {
        let line = |keys: usize, key: usize, columns: usize| {
            let keys: Vec<Value> = (0..keys)
                .map(|number| json!({"ID": format!("{number}{}", "x".repeat(key))}))
                .collect();
            let names: Vec<String> =
                (0..columns).map(|number| format!("column {number:05}")).collect();
            let members = json!({"rows": keys.len(), "keys": keys, "columns": names});
            let text = written(members.as_object().unwrap().clone());
            assert!(text.len() <= MOST_BYTES);
            serde_json::from_str::<Value>(&text).unwrap()
        };
        let whole = line(3, 10, 3);
        assert_eq!(whole["keys"].as_array().unwrap().len(), 3);
        let ends = line(90, 9_000, 3);
        assert_eq!((ends.get("keys"), ends["columns"].as_array().unwrap().len()), (None, 3));
        assert!(ends["first"]["ID"].as_str().unwrap().starts_with("0x"));
        assert!(ends["last"]["ID"].as_str().unwrap().starts_with("89x"));
        let wide = line(90, 9_000, 30_000);
        assert_eq!((&wide["columns"], wide.get("first").is_some()), (&json!(30_000), true));
        let none = line(1, 300_000, 3);
        assert_eq!((none.get("first"), &none["rows"]), (None, &json!(1)));
    }
}
