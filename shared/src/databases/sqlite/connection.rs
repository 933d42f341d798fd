//! A connection to SQLite, compiled in: the files of a folder as one database, each attached as a
//! schema.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthContext, Authorization};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, Row};

use super::attach::{Attached, attach, attach_again};
use super::authorizer::only_reading;
use super::collations;
use super::faults::understood;
use super::folder::{self, File};
use super::functions;
use crate::cell::Cell;
use crate::config::Patterns;
use crate::database::{Connection, Fault, Kind, Receiver};
use crate::param::Param;
use crate::statement::Statement;

/// How long SQLite waits for a lock that another process holds. They are short as a rule; a request
/// has time left to answer 503 and say so.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// Statements that are kept prepared: those of a few tables' pages.
const PREPARED_STATEMENTS: usize = 64;

/// Steps of SQLite's machine between two looks at the clock: well under a millisecond, unless they
/// handle large values.
const STEPS: i32 = 1_000;

/// How long before the deadline a statement ends, so that its thread is back when the waiting side
/// looks.
const AHEAD: Duration = Duration::from_millis(50);

/// The time from which deadlines are counted.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// No deadline.
const NEVER: u64 = u64::MAX;

/// An open folder.
pub struct Folder {
    sqlite: rusqlite::Connection,
    path: PathBuf,
    published: Patterns,
    /// What the folder held when it was opened.
    files: Vec<File>,
    attached: Attached,
    /// Milliseconds from [`START`] after which a statement is ended.
    until: Arc<AtomicU64>,
}

impl Folder {
    /// Opens a folder, so that nothing but reading is possible.
    pub fn open(path: &Path, published: &Patterns) -> Result<Self, Fault> {
        let files = folder::published(path, published)?;
        let until = Arc::new(AtomicU64::new(NEVER));
        let sqlite = opened(Arc::clone(&until)).map_err(|error| understood(&error))?;
        let attached = attach(&sqlite, &files)?;
        let mut folder = Self {
            sqlite,
            path: path.to_owned(),
            published: published.clone(),
            files,
            attached,
            until,
        };
        folder.guard(true)?;
        Ok(folder)
    }

    /// Lets nothing but reading through, or for a short time the attaching of a file as well.
    fn guard(&mut self, on: bool) -> Result<(), Fault> {
        let guarded = match on {
            true => self.sqlite.authorizer(Some(only_reading)),
            false => self.sqlite.authorizer(None::<fn(AuthContext<'_>) -> Authorization>),
        };
        guarded.map_err(|error| understood(&error))
    }

    /// Runs something with this deadline.
    fn limited<T>(
        &self,
        until: Instant,
        run: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        let end = until.checked_sub(AHEAD).unwrap_or(until).saturating_duration_since(*START);
        self.until.store(u64::try_from(end.as_millis()).unwrap_or(NEVER), Ordering::Relaxed);
        let result = collations::checked(|| run(&self.sqlite).map_err(|error| understood(&error)));
        self.until.store(NEVER, Ordering::Relaxed);
        result
    }
}

fn opened(until: Arc<AtomicU64>) -> rusqlite::Result<rusqlite::Connection> {
    // The thread that opens a connection is the only one that uses it: no mutexes.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_MEMORY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let mut sqlite = rusqlite::Connection::open_with_flags(":memory:", flags)?;
    sqlite.busy_timeout(LOCK_TIMEOUT)?;
    sqlite.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    sqlite.pragma_update(None, "query_only", true)?;
    collations::install(&sqlite)?;
    functions::install(&sqlite)?;
    let is_over = move || START.elapsed().as_millis() >= u128::from(until.load(Ordering::Relaxed));
    sqlite.progress_handler(STEPS, Some(is_over))?;
    Ok(sqlite)
}

impl Connection for Folder {
    fn read(
        &mut self,
        statement: &Statement,
        until: Instant,
        rows: &mut dyn Receiver,
    ) -> Result<(), Fault> {
        tracing::debug!(sql = statement.text, parameters = ?statement.params, "query");
        rows.begin();
        self.limited(until, |sqlite| hand_over(sqlite, statement, rows))
    }

    fn prepare(&mut self, sql: &str, until: Instant) -> Result<(), Fault> {
        self.limited(until, |sqlite| sqlite.prepare(sql).map(drop))
    }

    /// A folder that has other files by now is another one. A file that could not be attached
    /// before is tried again now and then.
    fn is_current(&mut self) -> bool {
        if folder::published(&self.path, &self.published).ok().as_ref() != Some(&self.files) {
            return false;
        }
        if self.attached.may_try_again() && self.guard(false).is_ok() {
            attach_again(&self.sqlite, &mut self.attached);
            return self.guard(true).is_ok();
        }
        true
    }

    /// A statement that was ended leaves the connection in order.
    fn survives(&self, kind: Kind) -> bool {
        kind != Kind::Broken
    }

    fn outlasts_idleness(&self) -> bool {
        true
    }

    fn generation(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.files, self.attached.refused_schemas()).hash(&mut hasher);
        hasher.finish()
    }

    fn left_out(&self) -> Vec<String> {
        self.attached.left_out()
    }
}

fn hand_over(
    sqlite: &rusqlite::Connection,
    statement: &Statement,
    receiver: &mut dyn Receiver,
) -> rusqlite::Result<()> {
    let mut prepared = sqlite.prepare_cached(&statement.text)?;
    for (index, param) in (1..).zip(&statement.params) {
        prepared.raw_bind_parameter(index, bound(param))?;
    }
    let mut rows = prepared.raw_query();
    let mut buffer = Vec::with_capacity(statement.outputs.len());
    while let Some(row) = rows.next()? {
        let mut cells = emptied(buffer);
        for index in 0..statement.outputs.len() {
            cells.push(cell(row, index)?);
        }
        if receiver.row(&cells) == ControlFlow::Break(()) {
            break;
        }
        buffer = emptied(cells);
    }
    Ok(())
}

/// The same memory for cells of another row.
fn emptied<'a>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'a>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Null).collect()
}

fn cell<'a>(row: &'a Row<'_>, index: usize) -> rusqlite::Result<Cell<'a>> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Double(number),
        ValueRef::Text(text) => Cell::Text(text),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}

fn bound(param: &Param) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match param {
        Param::Integer(number) => ValueRef::Integer(*number),
        Param::Double(number) => ValueRef::Real(*number),
        Param::Decimal(text) | Param::Text(text) | Param::Ordered(text) => {
            ValueRef::Text(text.as_bytes())
        }
        Param::RawText(bytes) => ValueRef::Text(bytes),
        Param::Binary(bytes) => ValueRef::Blob(bytes),
    })
}
