//! Connections through ODBC. What drivers do differently is data, [`Ways`]: which driver does what,
//! its database's folder says.

mod block;
mod cell;
mod fetch;
mod letters;
mod portions;
mod surrogates;
mod widths;

use std::path::Path;
use std::time::{Duration, Instant};

use odbc_api::ConnectionOptions;

use super::connection::{Connection, Receiver};
use super::fault::{Fault, Kind};
use crate::dialect::seconds_until;
use crate::statement::Statement;

pub use odbc_api::escape_attribute_value;

use fetch::Fetching;
use widths::Widths;

/// What differs between drivers.
#[derive(Debug)]
pub struct Ways {
    /// What an error means, by its SQLSTATE, its native code and its message.
    pub classify: fn(state: &str, native: i32, message: &str) -> Kind,
    /// The driver holds a whole result in memory: large ones are read in portions, by a cursor on
    /// the server.
    pub in_portions: bool,
    /// After the line broke the driver goes on with stale rows: it gets one row at a time and is
    /// asked whether the line stands.
    pub has_stale_rows: bool,
    /// Texts are read in one piece, into buffers with room behind them, for the driver loses
    /// letters between pieces and writes behind the end.
    pub has_whole_texts: bool,
    /// Characters beyond the Basic Multilingual Plane are hidden: [`surrogates`] finds them.
    pub hides_surrogates: bool,
    /// A bound float loses digits: it goes as text.
    pub binds_floats_as_text: bool,
    /// The SQLSTATE for a bound text that has letters which the database has not.
    pub has_no_letter: Option<&'static str>,
    /// A decimal is bound as a number; as a text it would be compared as one.
    pub binds_decimals_as_numbers: bool,
}

/// An error of ODBC, or a fault that is understood already.
#[derive(Debug)]
enum Failure {
    Odbc(odbc_api::Error),
    Known(Fault),
}

impl From<odbc_api::Error> for Failure {
    fn from(error: odbc_api::Error) -> Self {
        Self::Odbc(error)
    }
}

impl Failure {
    fn known(kind: Kind, log: &str) -> Self {
        Self::Known(Fault::new(kind, log))
    }

    /// It has this SQLSTATE.
    fn is(&self, wanted: Option<&str>) -> bool {
        match self {
            Self::Odbc(odbc_api::Error::Diagnostics { record, .. }) => {
                wanted == Some(record.state.as_str())
            }
            _ => false,
        }
    }

    fn understood(self, ways: &Ways) -> Fault {
        match self {
            Self::Known(fault) => fault,
            Self::Odbc(odbc_api::Error::Diagnostics { record, function }) => {
                let state = record.state.as_str();
                let message = String::from_utf8_lossy(&record.message).into_owned();
                let kind = (ways.classify)(state, record.native_error, &message);
                // Words about a value may repeat it, and a view's own come from a row.
                let words = if state.starts_with(DATA_EXCEPTION) {
                    "a value does not fit"
                } else {
                    &message
                };
                Fault::new(kind, format!("{function}: {state} ({}) {words}", record.native_error))
            }
            // IRIS' driver leaves no diagnostic on a connection that is gone.
            Self::Odbc(error @ odbc_api::Error::NoDiagnostics { .. }) => {
                Fault::new(Kind::Lost, error.to_string())
            }
            Self::Odbc(error) => Fault::new(Kind::Other, error.to_string()),
        }
    }
}

/// The class of SQLSTATEs about values that cannot be what is wanted of them.
const DATA_EXCEPTION: &str = "22";

/// What SQLSTATEs mean that every driver uses alike, and PostgreSQL's own.
pub fn by_state(state: &str) -> Kind {
    match state {
        "28000" => Kind::LoginRefused,
        // 42P01, 42703: PostgreSQL's own for the two before.
        "42S02" | "42S22" | "42P01" | "42703" => Kind::Changed,
        "53300" => Kind::LimitReached,
        "HYT00" | "57014" => Kind::TooLong,
        _ if state.starts_with(DATA_EXCEPTION) => Kind::BadValue,
        "57P01" | "57P02" | "57P03" | "HYT01" => Kind::Lost,
        _ if state.starts_with("08") => Kind::Lost,
        _ => Kind::Other,
    }
}

/// A connection through ODBC.
pub struct Odbc {
    connection: odbc_api::Connection<'static>,
    ways: &'static Ways,
    widths: Widths,
}

impl Odbc {
    /// Connects.
    pub fn open(text: &str, login_timeout: Duration, ways: &'static Ways) -> Result<Self, Fault> {
        let login_timeout_sec = u32::try_from(login_timeout.as_secs()).ok();
        let options = ConnectionOptions { login_timeout_sec, packet_size: None };
        let connection = odbc_api::environment()
            .and_then(|environment| environment.connect_with_connection_string(text, options))
            .map_err(|error| Failure::from(error).understood(ways))?;
        Ok(Self { connection, ways, widths: Widths::default() })
    }

    fn fetch(
        &mut self,
        statement: &Statement,
        timeout: Option<usize>,
        rows: &mut dyn Receiver,
    ) -> Result<(), Failure> {
        let fetching =
            Fetching { connection: &self.connection, ways: self.ways, statement, timeout };
        fetching.run(&mut self.widths, rows)
    }

    /// Runs a statement that has no result.
    pub fn run(&self, sql: &str) -> Result<(), Fault> {
        let ran = self.connection.execute(sql, (), None).map(drop);
        ran.map_err(|error| Failure::from(error).understood(self.ways))
    }
}

impl Connection for Odbc {
    fn read(
        &mut self,
        statement: &Statement,
        until: Instant,
        rows: &mut dyn Receiver,
    ) -> Result<(), Fault> {
        tracing::debug!(sql = statement.text, parameters = ?statement.params, "query");
        let timeout = Some(seconds_until(until));
        let read = match self.fetch(statement, timeout, rows) {
            Err(failure) if failure.is(self.ways.has_no_letter) => {
                match letters::replaced(&self.connection, statement, self.ways, timeout) {
                    Some(statement) => self.fetch(&statement, timeout, rows),
                    None => Err(failure),
                }
            }
            read => read,
        };
        read.map_err(|failure| failure.understood(self.ways))
    }

    fn prepare(&mut self, sql: &str, _until: Instant) -> Result<(), Fault> {
        let prepared = self.connection.prepare(sql).map(drop);
        prepared.map_err(|error| Failure::from(error).understood(self.ways))
    }

    fn is_dead(&self) -> bool {
        self.connection.is_dead().unwrap_or(false)
    }
}

/// The driver that was asked for, or the first that is in a usual place.
pub fn driver_path(
    asked: Option<&Path>,
    usual: &[&str],
    database: &str,
    help: &str,
) -> Result<String, Fault> {
    let found = match asked {
        Some(path) => path.is_file().then(|| path.to_string_lossy().into_owned()),
        None => usual.iter().find(|path| Path::new(path).is_file()).map(|path| (*path).to_owned()),
    };
    found.ok_or_else(|| {
        let places = asked.map_or_else(|| usual.join(", "), |path| path.display().to_string());
        let text = format!(
            "there is no ODBC driver for {database} at {places}: {help}, or set ODBC_DRIVER"
        );
        Fault::new(Kind::Unreachable, text)
    })
}
