//! Who has seen which rows: a line of JSON for each answer from a table that is audited, written
//! before the answer leaves. The one log that holds values.

mod group;
mod line;
mod sign;

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::group::Stream;
use crate::config::{self, AuditLog, Patterns};
use crate::error::Error;
use crate::record::Record;
use crate::request::Request;
use crate::table::TableName;

/// How long writing may take; it is tried once more.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// The attempts.
const ATTEMPTS: usize = 2;

/// What writes the lines.
#[derive(Debug)]
pub struct Audit {
    tables: Patterns,
    log: Log,
}

#[derive(Debug)]
enum Log {
    File(std::path::PathBuf),
    Stream(Box<Stream>),
}

impl Audit {
    /// Before the first line.
    pub fn new(config: config::Audit) -> Self {
        let log = match config.log {
            AuditLog::File(path) => Log::File(path),
            AuditLog::Group(group) => Log::Stream(Box::new(Stream::new(group))),
        };
        Self { tables: config.tables, log }
    }

    /// Whether answers from a table are written down.
    pub fn is_of(&self, table: &TableName) -> bool {
        self.tables.covers(table)
    }

    /// The patterns that match none of these tables.
    pub fn without(&self, tables: &[&TableName]) -> Vec<String> {
        self.tables.without(tables)
    }

    /// Writes what an answer tells, if it tells of an audited table.
    ///
    /// # Errors
    /// [`Error::AuditUnavailable`]: the answer may not leave.
    pub async fn write(
        &self,
        request: &Request,
        record: &Record,
        status: u16,
    ) -> Result<(), Error> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let lines = line::lines(request, record, status, since, |table| self.is_of(table));
        if lines.is_empty() {
            return Ok(());
        }
        let lines = Arc::new(lines);
        let mut reason = String::new();
        for _ in 0..ATTEMPTS {
            let writing = async {
                match &self.log {
                    Log::File(path) => append_apart(path, &lines).await,
                    Log::Stream(stream) => stream.put(&lines, since).await,
                }
            };
            match tokio::time::timeout(TIME_LIMIT, writing).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => reason = error,
                Err(_) => reason = format!("no answer within {} seconds", TIME_LIMIT.as_secs()),
            }
        }
        Err(Error::AuditUnavailable { log: format!("the audit log cannot be written: {reason}") })
    }
}

/// The same on a thread of its own: a network's file system may not answer in time.
async fn append_apart(path: &Path, lines: &Arc<Vec<String>>) -> Result<(), String> {
    let (path, lines) = (path.to_owned(), Arc::clone(lines));
    let written = tokio::task::spawn_blocking(move || append(&path, &lines)).await;
    written.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// Whole lines at once, so that those of several instances do not mix.
fn append(path: &Path, lines: &[String]) -> std::io::Result<()> {
    // It holds values: for nobody but who runs the server.
    let mut file =
        OpenOptions::new().read(true).create(true).append(true).mode(0o600).open(path)?;
    // A full disk may have cut the line before: the next one must not become a part of it.
    let mut last = *b"\n";
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let begins = if last == *b"\n" { "" } else { "\n" };
    let lines: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    file.write_all(format!("{begins}{lines}").as_bytes())?;
    file.sync_data()
}
