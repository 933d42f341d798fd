//! What the database thread knows of a connection, and what receives its rows.

use std::ops::ControlFlow;
use std::time::Instant;

use super::fault::{Fault, Kind};
use crate::cell::{Cell, CellBuf};
use crate::statement::Statement;

/// An open connection that only reads, closed when it is dropped. It never leaves its thread.
pub trait Connection {
    /// Runs a statement and hands its rows over as they come, until there are no more or no more
    /// are wanted. It may begin again, and says so.
    ///
    /// # Errors
    /// What the driver said, understood.
    fn read(
        &mut self,
        statement: &Statement,
        until: Instant,
        rows: &mut dyn Receiver,
    ) -> Result<(), Fault>;

    /// Has the database prepare a statement, and does not run it.
    ///
    /// # Errors
    /// As [`Connection::read`].
    fn prepare(&mut self, sql: &str, until: Instant) -> Result<(), Fault>;

    /// Its driver knows that it is gone.
    fn is_dead(&self) -> bool {
        false
    }

    /// It is what a new one would be. Asked before each use; it may put itself in order.
    fn is_current(&mut self) -> bool {
        true
    }

    /// It can be used again after a fault of this kind.
    fn survives(&self, kind: Kind) -> bool {
        !matches!(kind, Kind::Lost | Kind::TooLong | Kind::Broken)
    }

    /// It stands for long without being used. A firewall may forget a server's without a word.
    fn outlasts_idleness(&self) -> bool {
        false
    }

    /// How often what it reads from has changed as a whole: what was read of the catalogue before
    /// is out of date then.
    fn generation(&self) -> u64 {
        0
    }

    /// What was left out when it was opened, a sentence each.
    fn left_out(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Receives the rows of one statement from a connection.
pub trait Receiver {
    /// The rows begin, for the first time or again: those before do not count.
    fn begin(&mut self);

    /// Takes a row: a cell for each output. Breaks when it wants no more rows.
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()>;
}

/// Makes something of the rows of a result. A reading that begins again gets a new one.
pub trait Sink: Send + 'static {
    /// Takes a row: a cell for each output. Breaks when it wants no more rows.
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()>;
}

/// Keeps rows as they come: for one row.
#[derive(Debug, Default)]
pub struct OwnedRows(pub Vec<Vec<CellBuf>>);

impl Sink for OwnedRows {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        self.0.push(cells.iter().map(|cell| cell.owned()).collect());
        ControlFlow::Continue(())
    }
}

/// Keeps rows as texts: for small results such as the catalogue's.
#[derive(Debug, Default)]
pub struct TextRows(pub Vec<Vec<Option<String>>>);

impl Sink for TextRows {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        self.0.push(cells.iter().map(|cell| cell.text()).collect());
        ControlFlow::Continue(())
    }
}
