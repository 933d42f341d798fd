//! What SQLite's errors mean: by its result codes (<https://sqlite.org/rescode.html>).

use rusqlite::ErrorCode;

use crate::database::{Fault, Kind};

/// An error, understood. SQLite's messages name tables and columns, never values of rows.
pub fn understood(error: &rusqlite::Error) -> Fault {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::LimitReached,
        Some(ErrorCode::OperationInterrupted) => Kind::TooLong,
        Some(ErrorCode::CannotOpen) => Kind::Unreachable,
        Some(ErrorCode::SchemaChanged) => Kind::Changed,
        Some(ErrorCode::Unknown) if error.to_string().contains("no such") => Kind::Changed,
        _ => Kind::Other,
    };
    Fault::new(kind, described(error))
}

/// The error in SQLite's words, with its extended code, and without the statement.
pub fn described(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { error, msg, .. } => {
            format!("SQLite {}: {msg}", error.extended_code)
        }
        rusqlite::Error::SqliteFailure(error, Some(message)) => {
            format!("SQLite {}: {message}", error.extended_code)
        }
        other => format!("SQLite: {other}"),
    }
}
