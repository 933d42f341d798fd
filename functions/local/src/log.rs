//! The log: JSON lines in a file, as the deployed functions write them, and warnings for the
//! terminal too.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// The crates whose events are ours; of others only warnings are logged.
const OURS: [&str; 5] = ["iris_tables", "index", "site", "table", "local"];

/// Fields that the terminal does not show.
const UNSHOWN: [&str; 12] = [
    "timestamp",
    "level",
    "message",
    "reason",
    "log",
    "request_id",
    "cold",
    "rows",
    "bytes",
    "db_ms",
    "render_ms",
    "total_ms",
];

/// Lines that are remembered at most, so that none is shown twice.
const MOST_SAID: usize = 1_000;

/// Begins to log.
pub fn init(level: Level, file: File) {
    let lines = Lines(Arc::new(Mutex::new(Output { file, said: BTreeSet::new() })));
    let level = LevelFilter::from_level(level);
    let others = Targets::new().with_default(level.min(LevelFilter::WARN));
    let filter = OURS.iter().fold(others, |filter, name| filter.with_target(*name, level));
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(move || lines.clone());
    let _ = tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(filter).with(layer),
    );
    iris_tables::log::take_panics();
}

/// Where each line goes.
#[derive(Debug, Clone)]
struct Lines(Arc<Mutex<Output>>);

#[derive(Debug)]
struct Output {
    file: File,
    /// Lines that were shown: every instance has the same warnings at its start.
    said: BTreeSet<String>,
}

impl Write for Lines {
    /// Takes one whole line: the subscriber writes none in pieces.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let Ok(mut output) = self.0.lock() else { return Ok(line.len()) };
        output.file.write_all(line)?;
        if let Some(text) = readable(line)
            && !output.said.contains(&text)
        {
            writeln!(io::stderr(), "{text}")?;
            if output.said.len() < MOST_SAID {
                output.said.insert(text);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line as a person reads it, if it is a warning or worse.
fn readable(line: &[u8]) -> Option<String> {
    // Nearly all lines are information: they need not be parsed.
    if line.windows(14).take(64).any(|bytes| bytes == b"\"level\":\"INFO\"") {
        return None;
    }
    let record: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    if !matches!(text("level"), Some("WARN" | "ERROR")) {
        return None;
    }
    let fields = record.iter().filter(|(name, _)| !UNSHOWN.contains(&name.as_str()));
    let fields: Vec<String> =
        fields.map(|(name, value)| format!("{name}={}", shown(value))).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(" ")) };
    let reason = text("reason").or(text("log")).map(|reason| format!(": {reason}"));
    Some(format!("{}{fields}{}", text("message").unwrap_or_default(), reason.unwrap_or_default()))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn warnings_are_shown_in_words() {
        for (record, text) in [
            (
                json!({"level": "WARN", "message": "left out", "file": "/a/main.db", "reason": "no"}),
                Some("left out (file=/a/main.db): no"),
            ),
            (
                json!({"level": "ERROR", "message": "It stops", "reason": "PORT"}),
                Some("It stops: PORT"),
            ),
            (
                json!({"level": "ERROR", "message": "request", "status": 503, "log": "gone"}),
                Some("request (status=503): gone"),
            ),
            (json!({"level": "INFO", "message": "request", "log": "\"level\":\"WARN\""}), None),
            (json!({"level": "DEBUG", "message": "SELECT"}), None),
        ] {
            assert_eq!(readable(record.to_string().as_bytes()).as_deref(), text);
        }
    }
}
