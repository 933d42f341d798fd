//! What is remembered of the catalogue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::table::{Table, TableEntry, TableName};

/// A list of tables, and when it was read.
pub type List = (Instant, Arc<Vec<TableEntry>>);

#[derive(Debug, Default)]
pub struct Known {
    /// [`Database::generation`] when all of it was read.
    pub generation: u64,
    /// The tables, as last listed for whatever reason.
    pub names: Option<List>,
    /// The same with column counts.
    pub details: Option<List>,
    /// Lines of that list that were read without it.
    pub found: Vec<(Instant, TableEntry)>,
    /// What was read of single tables, or why it could not be read.
    pub tables: HashMap<TableName, (Instant, Result<Arc<Table>, Unreadable>)>,
    /// When the foreign keys to a table were not told in time, and how often in a row.
    pub late: HashMap<TableName, (Instant, u32)>,
    /// When to look a table up again did not help.
    pub in_vain: HashMap<TableName, Instant>,
}

/// Why a table cannot be read.
#[derive(Debug, Clone)]
pub enum Unreadable {
    /// Something that it is made of is gone; the driver's words, for the log.
    Changed(String),
    /// The database does not describe it: why, for the client, and the driver's words.
    Undescribed(&'static str, String),
    /// The user has no privilege on it.
    Denied,
    /// The settings close it: why, for the operator, and the columns that they hide.
    Closed { reason: String, hidden: Vec<String> },
}

impl From<Unreadable> for Error {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::Changed(log) => Self::Changed { log },
            Unreadable::Undescribed(reason, log) => Self::Unreadable { reason, log },
            Unreadable::Denied | Unreadable::Closed { .. } => Self::UnknownTable,
        }
    }
}

impl Known {
    /// Forgets the list of tables if it is older than this. False if not.
    pub fn doubt_names(&mut self, age: Duration) -> bool {
        let is_old = younger(&self.names, age).is_none();
        if is_old {
            (self.names, self.details) = (None, None);
        }
        is_old
    }
}

/// A list that was read not longer ago than this.
pub fn younger(list: &Option<List>, age: Duration) -> Option<Arc<Vec<TableEntry>>> {
    list.as_ref().filter(|(read, _)| read.elapsed() < age).map(|(_, tables)| Arc::clone(tables))
}

pub fn same_tables(one: &[TableEntry], other: &[TableEntry]) -> bool {
    let names = |list: &[TableEntry]| {
        list.iter().map(|entry| (entry.table.clone(), entry.kind)).collect::<Vec<_>>()
    };
    names(one) == names(other)
}
