//! The database thread's side: one connection, opened when needed and given up when broken.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Receiver, Sink, TextRows};
use super::connector::Connector;
use super::fault::{Fault, Kind};
use crate::cell::Cell;
use crate::dialect::{Ask, Row};
use crate::error::{Error, NOT_COMPUTED};
use crate::record::Deadline;
use crate::statement::Statement;

/// What the database thread owns.
pub struct Session {
    connector: Arc<Connector>,
    connection: Option<Box<dyn Connection>>,
    used: Instant,
    learnt: HashSet<&'static str>,
}

/// A finished reading.
#[derive(Debug)]
pub struct Reading<S> {
    /// What received the rows.
    pub sink: S,
    /// The time that the sink took.
    pub sink_time: Duration,
    /// The time that it took to connect, where that was needed.
    pub connect_time: Duration,
}

impl Session {
    /// A session without a connection yet.
    pub fn new(connector: Arc<Connector>) -> Self {
        Self { connector, connection: None, used: Instant::now(), learnt: HashSet::new() }
    }

    /// Opens the connection, if there is none that can be used. False if there was one.
    pub fn connect(&mut self) -> Result<bool, Error> {
        let idle = self.used.elapsed() > self.connector.longest_idle();
        if let Some(connection) = &mut self.connection
            && (connection.is_dead()
                || (idle && !connection.outlasts_idleness())
                || !connection.is_current())
        {
            self.connection = None;
        }
        let is_missing = self.connection.is_none();
        if is_missing {
            self.connection = Some(self.connector.connect()?);
        }
        self.used = Instant::now();
        Ok(is_missing)
    }

    /// Closes the connection, so that the server need not find out by itself.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// How often what the connection reads from has changed as a whole.
    pub fn generation(&self) -> u64 {
        self.connection.as_ref().map_or(0, |connection| connection.generation())
    }

    /// Runs a statement. If the connection is lost on the way, or the server wants it prepared
    /// again, it is run once more: to read again is safe.
    pub fn read<S: Sink>(
        &mut self,
        statement: &Statement,
        deadline: Deadline,
        new_sink: &dyn Fn() -> S,
    ) -> Result<Reading<S>, Error> {
        let mut receiving = Receiving { new_sink, sink: None, rows: 0, time: Duration::ZERO };
        let no_values = statement.params.is_empty();
        let connect_time = self.retrying(deadline, |connection| {
            connection.read(statement, deadline.at, &mut receiving).map_err(|fault| {
                match fault.kind {
                    // A view over data that it cannot compute with: no value came from the client.
                    Kind::BadValue if no_values => {
                        Fault { kind: Kind::Unreadable(NOT_COMPUTED), ..fault }
                    }
                    _ => fault,
                }
            })
        })?;
        let sink = receiving.sink.take().unwrap_or_else(new_sink);
        Ok(Reading { sink, sink_time: receiving.time, connect_time })
    }

    /// Does something with the connection, and once more where that was lost. Gives the time that
    /// it took to connect.
    fn retrying(
        &mut self,
        deadline: Deadline,
        mut run: impl FnMut(&mut dyn Connection) -> Result<(), Fault>,
    ) -> Result<Duration, Error> {
        let (mut again, mut connect_time) = (true, Duration::ZERO);
        loop {
            let connecting = Instant::now();
            if self.connect()? {
                connect_time += connecting.elapsed();
            }
            match self.attempt(&mut run) {
                Ok(()) => return Ok(connect_time),
                Err(fault)
                    if matches!(fault.kind, Kind::Lost | Kind::Recompiled)
                        && again
                        && Instant::now() < deadline.at =>
                {
                    again = false;
                }
                Err(fault) => return Err(fault.into_error(deadline.limit)),
            }
        }
    }

    /// One attempt. The connection is given up where it cannot be trusted any more.
    fn attempt(
        &mut self,
        run: &mut impl FnMut(&mut dyn Connection) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Some(connection) = self.connection.as_deref_mut() else {
            return Err(Fault::new(Kind::Lost, "there is no connection"));
        };
        // odbc-api panics where a cursor cannot be closed, as on a broken connection.
        let mut result = catch_unwind(AssertUnwindSafe(|| run(connection))).unwrap_or_else(|_| {
            Err(Fault::new(Kind::Broken, "a panic between driver and renderer"))
        });
        if let Err(fault) = &mut result {
            // A driver may have other words for it when the line breaks within a row, whatever they
            // mean while it stands.
            let is_sure = matches!(fault.kind, Kind::Lost | Kind::TooLong | Kind::Broken);
            if !is_sure && connection.is_dead() {
                fault.kind = Kind::Lost;
            }
            if !connection.survives(fault.kind) {
                self.connection = None;
            }
        }
        self.used = Instant::now();
        result
    }
}

/// Every so many rows the sink's time is taken, for the clock costs as much as a short row. So many
/// at the start are all timed: the first takes longest, and must not count for others.
const TIMED_ROWS: u32 = 8;

/// Hands rows to a sink, a new one whenever they begin.
struct Receiving<'a, S> {
    new_sink: &'a dyn Fn() -> S,
    sink: Option<S>,
    rows: u32,
    time: Duration,
}

impl<S: Sink> Receiver for Receiving<'_, S> {
    fn begin(&mut self) {
        self.sink = Some((self.new_sink)());
        (self.rows, self.time) = (0, Duration::ZERO);
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        let sink = self.sink.get_or_insert_with(self.new_sink);
        self.rows = self.rows.wrapping_add(1);
        let stands_for = match self.rows {
            0..=TIMED_ROWS => 1,
            rows if rows % TIMED_ROWS == 0 => TIMED_ROWS,
            _ => return sink.row(cells),
        };
        let started = Instant::now();
        let flow = sink.row(cells);
        self.time += started.elapsed() * stands_for;
        flow
    }
}

/// A session while a catalogue is read.
pub struct Asking<'a> {
    /// The session.
    pub session: &'a mut Session,
    /// Until when.
    pub deadline: Deadline,
    /// The time that it took to connect.
    pub connect_time: Duration,
}

impl Ask for Asking<'_> {
    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, Error> {
        let reading = self.session.read(statement, self.deadline, &TextRows::default)?;
        self.connect_time += reading.connect_time;
        Ok(reading.sink.0)
    }

    fn prepare(&mut self, sql: &str) -> Result<(), Fault> {
        if let Err(error) = self.session.connect() {
            return Err(Fault::new(Kind::Lost, error.log().unwrap_or_default()));
        }
        let until = self.deadline.at;
        self.session.attempt(&mut |connection| connection.prepare(sql, until))
    }

    fn time_left(&self) -> Duration {
        self.deadline.at.saturating_duration_since(Instant::now())
    }

    fn learnt(&mut self) -> &mut HashSet<&'static str> {
        &mut self.session.learnt
    }

    fn left_out(&self) -> Vec<String> {
        self.session.connection.as_ref().map_or_else(Vec::new, |connection| connection.left_out())
    }
}
