//! What SQLite's errors mean: by its result codes (<https://sqlite.org/rescode.html>).

use rusqlite::ErrorCode;

use crate::database::{Fault, Kind};
use crate::error::NOT_COMPUTED;

/// An error, understood. SQLite's messages name tables and columns, never values of rows.
pub fn understood(error: &rusqlite::Error) -> Fault {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::LimitReached,
        Some(ErrorCode::OperationInterrupted) => Kind::TooLong,
        Some(ErrorCode::CannotOpen) => Kind::Unreachable,
        Some(ErrorCode::SchemaChanged) => Kind::Changed,
        Some(ErrorCode::Unknown) => {
            let is_running = matches!(error, rusqlite::Error::SqliteFailure(..));
            of_words(&error.to_string(), is_running)
        }
        _ => Kind::Other,
    };
    Fault::new(kind, described(error))
}

/// What SQLite tells by its words alone. A statement that runs already has met a row that it cannot
/// compute with, such as a text that is no JSON.
fn of_words(words: &str, is_running: bool) -> Kind {
    match LACKS.iter().find(|(said, _)| words.contains(said)) {
        Some((_, reason)) => Kind::Unreadable(reason),
        None if words.contains("no such") => Kind::Changed,
        None if is_running => Kind::Unreadable(NOT_COMPUTED),
        None => Kind::Other,
    }
}

/// What a table may be made of that its own application has and this SQLite has not: SQLite's words
/// for it, and ours.
const LACKS: [(&str, &str); 5] = [
    ("no such module", "it is a virtual table of a module that is not built into this SQLite"),
    ("no such function", FUNCTION),
    ("unknown function", FUNCTION),
    ("no such collation", COLLATION),
    ("circularly defined", "it is a view that is made of itself"),
];

/// Why a table cannot be read whose rows are compared by a collation that is not here.
pub const COLLATION: &str = "it is compared by a collation that only another application has";

const FUNCTION: &str = "it is made with a function that only another application has";

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
