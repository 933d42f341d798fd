//! Logs: JSON lines on the standard output, where Lambda collects them. Never a row's value, never
//! a secret.

use std::any::Any;
use std::io;
use std::panic::{self, Location};
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::table::TableName;

/// The crates whose events are ours.
const OURS: [&str; 5] = ["iris_tables", "gateway", "index", "site", "table"];

/// The level where no setting says otherwise, or none could be read.
pub const DEFAULT_LEVEL: Level = Level::INFO;

/// Begins to log events of this level and above; what other crates say, only from warnings on.
/// Where something logs already, that stays.
pub fn init(level: Level) {
    let _ = tracing::subscriber::set_global_default(subscriber(level, io::stdout));
}

fn subscriber<W>(level: Level, writer: W) -> impl Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = LevelFilter::from_level(level);
    let others = level.min(LevelFilter::WARN);
    let filter = OURS
        .iter()
        .fold(Targets::new().with_default(others), |filter, name| filter.with_target(*name, level));
    // One object a line with the fields at its top, as log queries want them. Spans are the
    // runtime's, not ours.
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(filter).with(lines)
}

/// Says why the function ends, or never began: the last line of its log.
pub fn stopped(reason: &str) {
    tracing::error!(reason, "The function stops");
}

/// Says what does not work as it should, though the function goes on.
pub fn warned(reason: &str) {
    tracing::warn!(reason, "Something does not work");
}

/// From now on a panic is a line of the log, too.
pub fn take_panics() {
    panic::set_hook(Box::new(|panic| panicked(panic.location(), panic.payload())));
}

/// Where it was, and its words if they stand so in the source. Others may hold a row's value, as
/// those about a text that is cut within a letter.
fn panicked(place: Option<&Location<'_>>, payload: &(dyn Any + Send)) {
    let place = place.map(Location::to_string);
    tracing::error!(place, reason = payload.downcast_ref::<&'static str>().copied(), "A panic");
}

/// What the log says of a request: one line.
#[derive(Debug, Clone, Default)]
pub struct RequestLog {
    /// The id that an error's document shows to the client too.
    pub request_id: String,
    /// `GET`, `HEAD` or what was refused.
    pub method: String,
    /// The kind of address, such as `rows` or `row`; never the address itself, which holds values.
    pub route: &'static str,
    /// The table, once it is known to be published.
    pub table: Option<TableName>,
    /// The instance's first request.
    pub cold: bool,
    /// The media type that was chosen; where none was, that of the answer.
    pub format: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Rows in the answer.
    pub rows: Option<usize>,
    /// Bytes of the body as it was sent.
    pub bytes: usize,
    /// What the database took for what was asked, waiting for it included.
    pub database_time: Duration,
    /// What it took to reach the database: its secret and its login.
    pub connect_time: Duration,
    /// What the database took for its catalogue.
    pub catalogue_time: Duration,
    /// What rendering took.
    pub render_time: Duration,
    /// From the request's arrival to its answer.
    pub total_time: Duration,
    /// What kind of error: [`crate::error::Error::log_kind`].
    pub error: Option<&'static str>,
    /// What an error says to the log alone: [`crate::error::Error::log`].
    pub log: Option<String>,
}

impl RequestLog {
    /// The times that are not nothing, by the names under which clients know them, in the order in
    /// which they pass.
    pub fn parts(&self) -> Vec<(&'static str, Duration)> {
        let parts = [
            ("connect", self.connect_time),
            ("catalogue", self.catalogue_time),
            ("db", self.database_time),
            ("render", self.render_time),
        ];
        parts.into_iter().filter(|(_, time)| !time.is_zero()).collect()
    }

    /// Writes the line: as an error where the fault is ours, else as information. Times that are
    /// nothing are left out.
    pub fn emit(&self, is_our_fault: bool) {
        let table = self.table.as_ref().map(TableName::to_string);
        // The level is part of what `tracing` makes at compile time, hence the line stands here
        // twice.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request_id = self.request_id,
                    method = self.method,
                    route = self.route,
                    table,
                    format = self.format,
                    status = self.status,
                    cold = self.cold,
                    rows = self.rows,
                    bytes = self.bytes,
                    db_ms = milliseconds(self.database_time),
                    connect_ms = milliseconds(self.connect_time),
                    catalogue_ms = milliseconds(self.catalogue_time),
                    render_ms = milliseconds(self.render_time),
                    total_ms = milliseconds(self.total_time),
                    error = self.error,
                    log = self.log,
                    "request"
                )
            };
        }
        if is_our_fault { line!(error) } else { line!(info) }
    }
}

/// Milliseconds, to the microsecond: more digits tell nothing. None for no time at all.
fn milliseconds(time: Duration) -> Option<f64> {
    (!time.is_zero()).then(|| (time.as_secs_f64() * 1_000_000.0).round() / 1_000.0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::util::SubscriberInitExt as _;

    use super::*;

    /// A place to write to that the test can read.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: Level, events: impl FnOnce()) -> Vec<Value> {
        let lines = Lines::default();
        let writer = lines.clone();
        let guard = subscriber(level, move || writer.clone()).set_default();
        events();
        drop(guard);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn request(status: u16) -> RequestLog {
        RequestLog {
            request_id: "a\"1\n".into(),
            method: "GET".into(),
            route: "rows",
            table: Some(TableName { schema: "Bank".into(), name: "Account".into() }),
            format: Some("application/json".into()),
            cold: true,
            status,
            rows: Some(100),
            bytes: 4_321,
            database_time: Duration::from_nanos(1_234_560),
            catalogue_time: Duration::from_micros(700),
            total_time: Duration::from_micros(2_500),
            log: (status >= 500).then(|| "driver says no".into()),
            ..RequestLog::default()
        }
    }

    #[test]
    fn a_request_is_one_flat_line() {
        let lines = logged(Level::INFO, || request(200).emit(false));
        let mut line = lines[0].clone();
        let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().ends_with('Z'), "{timestamp}");
        let expected = json!({
            "level": "INFO", "message": "request", "request_id": "a\"1\n", "method": "GET", "route": "rows",
            "table": "Bank.Account", "format": "application/json", "cold": true, "status": 200,
            "rows": 100, "bytes": 4_321, "db_ms": 1.235, "catalogue_ms": 0.7, "total_ms": 2.5,
        });
        assert_eq!((lines.len(), line), (1, expected));
    }

    #[test]
    fn our_own_faults_are_errors() {
        let lines = logged(Level::ERROR, || {
            [200, 404, 500, 503].map(request).iter().for_each(|line| line.emit(line.status >= 500))
        });
        let seen: Vec<_> =
            lines.iter().map(|line| (&line["status"], &line["level"], &line["log"])).collect();
        let (level, log) = (json!("ERROR"), json!("driver says no"));
        assert_eq!(seen, [(&json!(500), &level, &log), (&json!(503), &level, &log)]);
    }

    #[test]
    fn other_crates_speak_from_warnings_on() {
        let events = || {
            tracing::debug!(target: "iris_tables::sql", "ours");
            tracing::debug!(target: "table", "ours");
            tracing::info!(target: "hyper::client", "theirs");
            tracing::warn!(target: "odbc_api::handles", "theirs, but grave");
        };
        let messages = |level| {
            logged(level, events).iter().map(|line| line["message"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(messages(Level::TRACE), ["ours", "ours", "theirs, but grave"]);
        assert_eq!(messages(Level::INFO), ["theirs, but grave"]);
        assert!(messages(Level::ERROR).is_empty());
    }

    #[test]
    fn spans_of_the_runtime_stay_out() {
        let lines = logged(Level::INFO, || {
            let span = tracing::error_span!("Lambda runtime invoke", requestId = "x");
            span.in_scope(|| request(200).emit(false));
        });
        assert!(lines[0].get("span").is_none() && lines[0].get("spans").is_none(), "{}", lines[0]);
    }

    #[test]
    fn a_wrong_setting_is_one_line() {
        let lines = logged(DEFAULT_LEVEL, || {
            stopped("PAGE_SIZE: `0` is not a whole number from 1 to 1000000.")
        });
        assert_eq!((lines.len(), &lines[0]["level"]), (1, &json!("ERROR")));
        assert!(lines[0]["reason"].as_str().unwrap().starts_with("PAGE_SIZE: "), "{}", lines[0]);
    }

    #[test]
    fn a_panic_is_a_line_without_values() {
        let text = "Müller".to_owned();
        let about_a_value = panic::catch_unwind(|| text[..2].len()).unwrap_err();
        let fixed = panic::catch_unwind(|| panic!("no such state")).unwrap_err();
        let lines = logged(Level::ERROR, || {
            panicked(Some(Location::caller()), &*about_a_value);
            panicked(None, &*fixed);
        });
        assert!(
            lines[0]["place"].as_str().unwrap().contains("log.rs:")
                && lines[0].get("reason").is_none(),
            "{}",
            lines[0]
        );
        assert_eq!((lines.len(), &lines[1]["reason"]), (2, &json!("no such state")));
    }

    #[test]
    fn a_second_start_does_no_harm() {
        init(Level::ERROR);
        init(Level::TRACE);
    }
}
