//! How a database's catalogue is read, and what is found out about the user's rights.

use std::collections::HashSet;
use std::time::Duration;

use crate::database::Fault;
use crate::error::Error;
use crate::param::Param;
use crate::statement::Statement;
use crate::table::TableName;

/// Which tables a catalogue is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// One.
    Table(&'a TableName),
    /// All of a schema.
    Schema(&'a str),
}

impl Of<'_> {
    /// The schema that it lies in.
    pub fn schema(&self) -> &str {
        match self {
            Self::Table(name) => &name.schema,
            Self::Schema(schema) => schema,
        }
    }

    /// A condition on the columns that hold a table's schema and name, and what is bound for it.
    pub fn condition(&self, schema: &str, table: &str) -> (String, Vec<Param>) {
        let text = |value: &str| Param::Text(value.to_owned());
        match self {
            Self::Table(name) => (
                format!("{schema} = ? AND {table} = ?"),
                vec![text(&name.schema), text(&name.name)],
            ),
            Self::Schema(name) => (format!("{schema} = ?"), vec![text(name)]),
        }
    }
}

/// A row of the catalogue: texts, `None` for NULL.
pub type Row = Vec<Option<String>>;

/// What a catalogue's reader may do with the connection. It runs on the database thread.
pub trait Ask {
    /// The rows of a statement.
    ///
    /// # Errors
    /// As [`Database::read`](crate::database::Database::read).
    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, Error>;

    /// Has the database prepare a statement without running it: it says whether it would be
    /// allowed. Nothing is ever changed.
    ///
    /// # Errors
    /// What the database refused it with, or that the connection is lost.
    fn prepare(&mut self, sql: &str) -> Result<(), Fault>;

    /// The time that is left for the request.
    fn time_left(&self) -> Duration;

    /// What the connection left out when it was opened, a sentence each: files that cannot be read.
    fn left_out(&self) -> Vec<String>;

    /// What was found out about this server and need not be tried again, in words of the dialect's.
    fn learnt(&mut self) -> &mut HashSet<&'static str>;
}

/// Why a database refused a statement that reads a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The user lacks a privilege on the table, or on a part of it.
    Privilege,
    /// Perhaps a column refuses to be compared.
    Comparison,
}

/// Whether the database's user could write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MayWrite {
    /// The database refuses it.
    No,
    /// It could, for example to this table, where one is known.
    Yes(Option<TableName>),
    /// It could not be found out.
    NotChecked {
        /// The first table of which it was not.
        table: TableName,
        /// Why, for the log.
        log: String,
    },
}
