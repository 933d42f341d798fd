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

/// The lines of an answer: of its table, and of those whose rows it counts or names besides.
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
        members.insert("columns".into(), seen.columns.clone().into());
        members.insert("rows".into(), line.rows.into());
        add_keys(&mut members, &seen.key, &seen.keys);
        lines.push(written(members));
    }
    for other in seen.others.iter().filter(|other| is_audited(&other.table)) {
        let mut members = common(&other.table, other.action);
        members.insert("columns".into(), other.columns.clone().into());
        members.insert("rows".into(), other.rows.into());
        add_keys(&mut members, &other.key, &other.keys);
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

/// As JSON. Where the keys or columns make it too long, it has no keys, as for more rows than
/// [`MOST_KEYS`], and the number of columns in place of their names.
fn written(mut members: Map<String, Value>) -> String {
    let text = Value::Object(members.clone()).to_string();
    if text.len() <= MOST_BYTES {
        return text;
    }
    if let Some(Value::Array(list)) = members.get("columns") {
        members.insert("columns".to_owned(), list.len().into());
    }
    for name in ["keys", "first", "last"] {
        members.remove(name);
    }
    Value::Object(members).to_string()
}
