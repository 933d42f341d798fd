//! The database thread's side: one connection, opened when needed and given up when broken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connect::{Connector, Open};
use super::fault::{Fault, Kind};
use super::fetch::Fetching;
use super::widths::Widths;
use super::{Deadline, Reading, Sink, sqlite_limit};
use crate::error::Error;
use crate::sql::{Dialect, Statement};

/// What the database thread owns.
pub struct Session {
    connector: Arc<Connector>,
    connection: Option<Open>,
    /// What the connection found in a folder when it was opened.
    held: Option<Vec<(String, u64, u64)>>,
    used: Instant,
    widths: Widths,
}

impl Session {
    /// A session without a connection yet.
    pub fn new(connector: Arc<Connector>) -> Self {
        Self { connector, connection: None, held: None, used: Instant::now(), widths: Widths::default() }
    }

    /// Opens the connection, if there is none that can be used. False if there was one.
    pub fn connect(&mut self) -> Result<bool, Error> {
        let rested = self.used.elapsed() > self.connector.longest_rest() && self.connector.dialect() != Dialect::Sqlite;
        let holds = self.connector.holds();
        if rested
            || holds != self.held
            || self.connection.as_ref().is_some_and(|connection| connection.is_dead().unwrap_or(false))
        {
            self.connection = None;
        }
        let is_missing = self.connection.is_none();
        if is_missing {
            self.connection = Some(self.connector.connect()?);
            self.held = holds;
        }
        self.used = Instant::now();
        Ok(is_missing)
    }

    /// There is a connection, and its driver knows that it is gone.
    fn is_dead(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.is_dead().unwrap_or(false))
    }

    /// Closes the connection, so that the server need not find out by itself.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// Runs a statement. If the connection is lost on the way, or the server wants it prepared again, it is run once more:
    /// to read again is safe.
    pub fn read<S: Sink>(
        &mut self,
        statement: &Statement,
        deadline: Deadline,
        new_sink: &dyn Fn() -> S,
    ) -> Result<Reading<S>, Error> {
        let (mut again, mut connect_time) = (true, Duration::ZERO);
        loop {
            let connecting = Instant::now();
            if self.connect()? {
                connect_time += connecting.elapsed();
            }
            let result = self.attempt(statement, deadline, new_sink);
            self.used = Instant::now();
            match result {
                Ok(reading) => return Ok(Reading { connect_time, ..reading }),
                Err(fault) => {
                    let (mut kind, log) = fault.classify(self.connector.dialect());
                    // A view over data that it cannot compute with: no value came from the client.
                    if kind == Kind::BadValue && statement.params.is_empty() {
                        kind = Kind::Other;
                    }
                    // IRIS' driver has other words for it when the line breaks within a row.
                    if kind == Kind::Other && self.is_dead() {
                        kind = Kind::Lost;
                    }
                    // SQLite's is in order after a statement that was ended.
                    let ended = kind == Kind::TooLong && self.connector.dialect() == Dialect::Sqlite;
                    if kind.breaks_connection() && !ended {
                        self.connection = None;
                    }
                    if matches!(kind, Kind::Lost | Kind::Recompiled) && again && Instant::now() < deadline.at {
                        again = false;
                        continue;
                    }
                    return Err(kind.into_error(log, deadline.limit));
                }
            }
        }
    }

    fn attempt<S: Sink>(
        &mut self,
        statement: &Statement,
        deadline: Deadline,
        new_sink: &dyn Fn() -> S,
    ) -> Result<Reading<S>, Fault> {
        let Some(connection) = &self.connection else {
            return Err(Fault::Known(Kind::Lost, "there is no connection".into()));
        };
        let fetching =
            Fetching { connection, dialect: self.connector.dialect(), statement, timeout: self.timeout(deadline) };
        // odbc-api panics where a cursor cannot be closed, as on a broken connection.
        let widths = &mut self.widths;
        catch_unwind(AssertUnwindSafe(|| sqlite_limit::until(deadline.at, || fetching.run(widths, new_sink))))
            .unwrap_or_else(|_| Err(Fault::Known(Kind::Broken, "a panic between driver and renderer".into())))
    }

    /// What is left until the deadline, for the server, in whole seconds. SQLite's driver has no such limit: it gets ours.
    fn timeout(&self, deadline: Deadline) -> Option<usize> {
        let left = deadline.at.saturating_duration_since(Instant::now());
        (self.connector.dialect() != Dialect::Sqlite).then(|| usize::try_from(left.as_secs().max(1)).unwrap_or(1))
    }
}
