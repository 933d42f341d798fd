//! Attaching the files of a folder. One that cannot be read costs itself alone: the others are read
//! all the same, the log says why, and so does `/health?deep=1`.

use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::ErrorCode;

use super::Sqlite;
use super::connection::LOCK_TIMEOUT;
use super::faults::understood;
use super::folder::File;
use crate::database::{Fault, Kind};
use crate::dialect::Dialect as _;

/// How long a file that could not be attached is left alone before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What may stand as it is in the path of a `file:` URI within an SQL text.
const URI_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// The files that could not be attached.
pub struct Attached {
    refused: Vec<Refused>,
    tried: Instant,
}

struct Refused {
    file: File,
    why: String,
    /// It may be free later: somebody has locked it.
    is_locked: bool,
}

/// Makes each file a schema.
///
/// # Errors
/// Why the first could not be, if none could.
pub fn attach(sqlite: &rusqlite::Connection, files: &[File]) -> Result<Attached, Fault> {
    let mut attached = Attached { refused: Vec::new(), tried: Instant::now() };
    let mut first = None;
    for file in files {
        if let Err(fault) = attached.try_file(sqlite, file) {
            first.get_or_insert(fault);
        }
    }
    match first {
        Some(fault) if attached.refused.len() == files.len() => Err(fault),
        _ => Ok(attached),
    }
}

/// Tries those again that were locked.
pub fn attach_again(sqlite: &rusqlite::Connection, attached: &mut Attached) {
    attached.tried = Instant::now();
    let (locked, others) =
        std::mem::take(&mut attached.refused).into_iter().partition(|file| file.is_locked);
    attached.refused = others;
    // A request waits behind this, so nobody waits for the lock.
    let _ = sqlite.busy_timeout(Duration::ZERO);
    for Refused { file, .. } in locked {
        if attached.try_file(sqlite, &file).is_ok() {
            tracing::info!(file = file.path, "this file can be read by now");
        }
    }
    let _ = sqlite.busy_timeout(LOCK_TIMEOUT);
}

impl Attached {
    /// Some may be free by now.
    pub fn may_try_again(&self) -> bool {
        self.refused.iter().any(|file| file.is_locked) && self.tried.elapsed() >= RETRY_AFTER
    }

    /// The schemas that are missing.
    pub fn refused_schemas(&self) -> Vec<&str> {
        self.refused.iter().map(|refused| refused.file.schema.as_str()).collect()
    }

    /// What is missing and why, a sentence each.
    pub fn left_out(&self) -> Vec<String> {
        self.refused
            .iter()
            .map(|refused| format!("{}.db: {}", refused.file.schema, refused.why))
            .collect()
    }

    /// Attaches a file and reads its schema, or notes why that cannot be.
    fn try_file(&mut self, sqlite: &rusqlite::Connection, file: &File) -> Result<(), Fault> {
        let Err(error) = attach_file(sqlite, file) else { return Ok(()) };
        let (why, is_locked) = reason(&error);
        let fault = understood(&error);
        tracing::warn!(file = file.path, reason = fault.log, "this file is left out: {why}");
        self.refused.push(Refused { file: file.clone(), why: why.to_owned(), is_locked });
        let kind = if is_locked { Kind::LimitReached } else { Kind::Unreachable };
        Err(Fault::new(kind, format!("{}: {}", file.path, fault.log)))
    }
}

fn attach_file(sqlite: &rusqlite::Connection, file: &File) -> rusqlite::Result<()> {
    let quoted = Sqlite.quote(&file.schema);
    // mode=ro: SQLite itself refuses every write to the file.
    let uri = format!("file:{}?mode=ro", utf8_percent_encode(&file.path, URI_PATH));
    sqlite.execute_batch(&format!("ATTACH '{uri}' AS {quoted}"))?;
    // Only this opens a file in WAL mode.
    let read =
        sqlite.query_row(&format!("SELECT count(*) FROM {quoted}.sqlite_master"), (), |_| Ok(()));
    if read.is_err() {
        let _ = sqlite.execute_batch(&format!("DETACH {quoted}"));
    }
    read
}

/// Why a file is left out, for people, and whether that may pass.
fn reason(error: &rusqlite::Error) -> (&'static str, bool) {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("another process has locked it", true)
        }
        Some(ErrorCode::NotADatabase) => ("it is not an SQLite database", false),
        Some(ErrorCode::DatabaseCorrupt) => ("it is damaged", false),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => (
            "it cannot be opened: it may be in WAL mode in a folder that cannot be written to, or not readable",
            true,
        ),
        _ if text.contains("encoding") => {
            ("its texts are in UTF-16; only UTF-8 can be read", false)
        }
        _ if text.contains("too many attached") => ("SQLite attaches no more files at once", false),
        _ if text.contains("already in use") => {
            ("SQLite has a schema of this name of its own", false)
        }
        _ => ("SQLite refuses it", false),
    }
}
