//! What is known of a request while it is answered: until when that must be done, and what its log
//! line will say. Every module on the way notes its part, so that a request that fails tells as
//! much as one that succeeds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::caller::Caller;
use crate::log::RequestLog;
use crate::table::TableName;

/// The time by which an answer must be there.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The instant.
    pub at: Instant,
    /// How long it was from the request's start, for the message.
    pub limit: Duration,
}

impl Deadline {
    /// A deadline that long from now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit, limit }
    }
}

/// One request on its way.
#[derive(Debug)]
pub struct Record {
    /// When the answer must be there: the same instant for all that is done for the request.
    pub deadline: Deadline,
    started: Instant,
    line: Mutex<RequestLog>,
    seen: Mutex<Seen>,
}

/// What a caller sees, for the audit. Its `Debug` shows none of it: values reach no other log.
#[derive(Clone, Default)]
pub struct Seen {
    /// Who.
    pub caller: Option<Arc<Caller>>,
    /// Where it is not the log's `route`: what of a table.
    pub action: &'static str,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The columns of the key, or what else names a row.
    pub key: Vec<String>,
    /// Their values in each row.
    pub keys: Vec<Vec<Option<String>>>,
    /// Of other tables.
    pub others: Vec<Other>,
}

/// What a caller sees of another table than the one that was asked for.
#[derive(Clone)]
pub struct Other {
    /// The table.
    pub table: TableName,
    /// What of it.
    pub action: &'static str,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The columns of the key.
    pub key: Vec<String>,
    /// Their values in each row.
    pub keys: Vec<Vec<Option<String>>>,
    /// How many rows.
    pub rows: u64,
}

impl Other {
    /// Rows that are only counted.
    pub fn counted(table: &TableName, rows: u64) -> Self {
        let (columns, key, keys) = (Vec::new(), Vec::new(), Vec::new());
        Self { table: table.clone(), action: "count", columns, key, keys, rows }
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Seen")
    }
}

impl Record {
    /// A request that comes in now and has this time.
    pub fn new(limit: Duration) -> Self {
        Self {
            deadline: Deadline::after(limit),
            started: Instant::now(),
            line: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Changes what the log line will say.
    pub fn note(&self, change: impl FnOnce(&mut RequestLog)) {
        change(&mut self.line());
    }

    /// Changes what the audit will say.
    pub fn show(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What the audit will say so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The table that is asked for, once it is known to be published.
    pub fn table(&self) -> Option<TableName> {
        self.line().table.clone()
    }

    /// What the log line says so far, with the time since the request came in.
    pub fn so_far(&self) -> RequestLog {
        let mut line = self.line().clone();
        line.total_time = self.started.elapsed();
        line
    }

    /// Waits for something that is needed to reach the database.
    pub async fn in_connect<T>(&self, reaching: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = reaching.await;
        self.note(|line| line.connect_time += started.elapsed());
        result
    }

    /// Waits for something that the catalogue is asked for: what the database takes meanwhile is
    /// the catalogue's time.
    ///
    /// # Errors
    /// As the future.
    pub async fn in_catalogue<T, E>(
        &self,
        asking: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let before = self.line().database_time;
        let result = asking.await;
        self.note(|line| {
            let taken = line.database_time.saturating_sub(before);
            line.database_time = before;
            line.catalogue_time += taken;
        });
        result
    }

    fn line(&self) -> MutexGuard<'_, RequestLog> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
