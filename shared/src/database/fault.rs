//! What an ODBC error means. By native code first where the driver has good ones, by SQLSTATE second.

use std::time::Duration;

use super::connect::FIRST_REST;
use crate::error::{Error, Unavailable};
use crate::sql::Dialect;

/// The class of SQLSTATEs about values that cannot be what is wanted of them.
const DATA_EXCEPTION: &str = "22";

/// A failed call.
#[derive(Debug)]
pub enum Fault {
    /// ODBC's own word, not yet understood.
    Odbc(odbc_api::Error),
    /// What it means is known already.
    Known(Kind, String),
}

/// What a failed call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The connection is gone.
    Lost,
    /// No connection can be opened.
    Unreachable,
    /// User or password refused.
    LoginRefused,
    /// No licence unit or connection slot left, or the database is locked.
    LimitReached,
    /// The server gave the statement up.
    TooLong,
    /// A bound value cannot be what its column's type wants.
    BadValue,
    /// A table or column is gone, or the statement no longer fits the catalogue.
    Changed,
    /// The server has to prepare the statement once more.
    Recompiled,
    /// The connection is not to be trusted any more.
    Broken,
    /// Anything else.
    Other,
}

impl From<odbc_api::Error> for Fault {
    fn from(error: odbc_api::Error) -> Self {
        Self::Odbc(error)
    }
}

impl Fault {
    /// What it means for this database, with a text for the log.
    pub fn classify(self, dialect: Dialect) -> (Kind, String) {
        match self {
            Self::Known(kind, text) => (kind, text),
            Self::Odbc(odbc_api::Error::Diagnostics { record, function }) => {
                let state = record.state.as_str();
                let message = String::from_utf8_lossy(&record.message).into_owned();
                let kind = match dialect {
                    Dialect::Iris => iris(record.native_error.unsigned_abs(), state),
                    Dialect::Postgres => postgres(state, &message),
                    Dialect::Sqlite => sqlite(record.native_error, &message).unwrap_or_else(|| by_state(state)),
                };
                // Words about a value may repeat it, and a view's own come from a row.
                let words = if state.starts_with(DATA_EXCEPTION) { "a value does not fit" } else { &message };
                (kind, format!("{function}: {state} ({}) {words}", record.native_error))
            }
            // IRIS' driver leaves no diagnostic on a connection that is gone.
            Self::Odbc(error @ odbc_api::Error::NoDiagnostics { .. }) => (Kind::Lost, error.to_string()),
            Self::Odbc(error) => (Kind::Other, error.to_string()),
        }
    }

    /// Whether ODBC's words for it have these in them.
    pub fn says(&self, words: &str) -> bool {
        let Self::Odbc(odbc_api::Error::Diagnostics { record, .. }) = self else { return false };
        String::from_utf8_lossy(&record.message).contains(words)
    }

    /// The same for a failed attempt to connect: whatever is not understood means that there is no connection.
    pub fn classify_connecting(self, dialect: Dialect) -> (Kind, String) {
        let (kind, text) = self.classify(dialect);
        match kind {
            Kind::LoginRefused | Kind::LimitReached => (kind, text),
            _ => (Kind::Unreachable, text),
        }
    }
}

impl Kind {
    /// The connection must not be used again.
    pub fn breaks_connection(self) -> bool {
        matches!(self, Self::Lost | Self::TooLong | Self::Broken)
    }

    /// In the product's terms; `limit` is the time that the request had.
    pub fn into_error(self, log: String, limit: Duration) -> Error {
        match self {
            Self::Lost | Self::Unreachable => Error::Unavailable { why: Unavailable::Unreachable, log },
            Self::LoginRefused => Error::Unavailable { why: Unavailable::LoginRefused { again: FIRST_REST }, log },
            Self::LimitReached => Error::Unavailable { why: Unavailable::LimitReached, log },
            Self::TooLong => Error::Timeout { limit },
            Self::BadValue => Error::BadValue,
            Self::Changed | Self::Recompiled => Error::Changed { log },
            Self::Broken | Self::Other => Error::Internal { log },
        }
    }
}

/// IRIS: the native code is the absolute SQLCODE, and tells more than the SQLSTATE, which is mostly HY000.
fn iris(native: u32, state: &str) -> Kind {
    match native {
        413 | 452 | 461 | 12_100..=12_116 => Kind::Lost,
        402 | 417 => Kind::LoginRefused,
        98 => Kind::LimitReached,
        450 => Kind::TooLong,
        29 | 30 => Kind::Changed,
        // No date, no time of day.
        146 | 147 => Kind::BadValue,
        478 => Kind::Recompiled,
        _ => by_state(state),
    }
}

/// PostgreSQL: of a failed login its driver tells only the server's words, not the SQLSTATE that came with them. What is
/// fatal and nothing else that we know, which a server in another language may have said, is taken as a refusal: to read
/// a secret again does no harm, and to wait ten seconds little.
fn postgres(state: &str, message: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    match state {
        "08001" if says(&["too many clients", "too many connections", "connection slots are reserved"]) => {
            Kind::LimitReached
        }
        "08001" if says(&["FATAL:"]) && !says(&["the database system is"]) => Kind::LoginRefused,
        _ => by_state(state),
    }
}

/// SQLite: the native code is its result code (<https://sqlite.org/rescode.html>).
fn sqlite(native: i32, message: &str) -> Option<Kind> {
    match native {
        5 | 6 => Some(Kind::LimitReached),
        9 => Some(Kind::TooLong),
        14 => Some(Kind::Unreachable),
        17 => Some(Kind::Changed),
        1 if message.contains("no such") => Some(Kind::Changed),
        _ => None,
    }
}

fn by_state(state: &str) -> Kind {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iris_cannot_read_as_a_date_or_time_is_the_clients() {
        assert_eq!([146, 147, 400].map(|native| iris(native, "HY000")), [Kind::BadValue, Kind::BadValue, Kind::Other]);
    }

    #[test]
    fn what_postgresql_says_at_a_login() {
        let failed = "connection to server at \"10.0.0.1\", port 5432 failed: ";
        for (words, expected) in [
            ("Connection refused\n\tIs the server running on that host?", Kind::Lost),
            ("FATAL:  the database system is starting up", Kind::Lost),
            ("FATAL:  password authentication failed for user \"u\"", Kind::LoginRefused),
            ("FATAL:  Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", Kind::LoginRefused),
            ("FATAL:  role \"u\" is not permitted to log in", Kind::LoginRefused),
            ("FATAL:  sorry, too many clients already", Kind::LimitReached),
            ("FATAL:  too many connections for role \"u\"", Kind::LimitReached),
            (
                "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
                Kind::LimitReached,
            ),
        ] {
            assert_eq!(postgres("08001", &format!("{failed}{words}\n")), expected, "{words}");
        }
        assert_eq!(postgres("57014", "ERROR:  canceling statement due to statement timeout"), Kind::TooLong);
    }
}
