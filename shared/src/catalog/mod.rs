//! The published tables: what the database has, as far as the settings publish it.
//!
//! Kept for a while, so that a warm request asks nothing of the catalogue.

mod iris;
mod model;
mod postgres;
mod rows;
mod sqlite;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Patterns;
use crate::database::{Database, Deadline};
use crate::error::Error;
use crate::sql::{self, Dialect};

pub use model::{Column, ForeignKey, RowId, Table, TableEntry, TableKind, TableName, Type, title};

/// How long the catalogue is believed. A change shows after that at the latest; a table or column that is found gone
/// is looked up again at once.
const BELIEVED: Duration = Duration::from_secs(300);

/// An unknown table is looked for in a list at least this old, so that a table just made is found soon and wrong names
/// do not make the database list its tables at every request.
const DOUBTED: Duration = Duration::from_secs(10);

/// The published tables of one database.
#[derive(Debug)]
pub struct Catalog {
    published: Patterns,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    names: Option<(Instant, Arc<Vec<TableEntry>>)>,
    details: Option<(Instant, Arc<Vec<TableEntry>>)>,
    tables: HashMap<TableName, (Instant, Arc<Table>)>,
}

impl Catalog {
    /// A catalogue that publishes what these patterns name.
    pub fn new(published: Patterns) -> Self {
        Self { published, known: Mutex::default() }
    }

    /// Whether a table is published, should it exist.
    pub fn publishes(&self, table: &TableName) -> bool {
        self.published.matches(&table.schema, &table.name)
    }

    /// The published tables with column counts and descriptions, by schema and name.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn tables(&self, database: &Database, deadline: Deadline) -> Result<Arc<Vec<TableEntry>>, Error> {
        if let Some((read, tables)) = &self.lock().details
            && read.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(tables));
        }
        let tables = self.list(database, true, deadline).await?;
        self.lock().details = Some((Instant::now(), Arc::clone(&tables)));
        Ok(tables)
    }

    /// The first of these names that is a published table, and its place among them: `Schema.Table`, or `Table` in a
    /// default schema; in any case of its letters, though the exact spelling wins. Unknown and unpublished tables are
    /// the same.
    ///
    /// # Errors
    /// [`Error::UnknownTable`], or as [`Database::read`].
    pub async fn table(
        &self,
        database: &Database,
        names: &[&str],
        deadline: Deadline,
    ) -> Result<(usize, Arc<Table>), Error> {
        let first = |entries: &[TableEntry]| {
            names.iter().enumerate().find_map(|(place, name)| {
                Some((place, find(entries, name, database.dialect().default_schema())?.clone()))
            })
        };
        let found = match first(&self.names(database, BELIEVED, deadline).await?) {
            Some(found) => Some(found),
            None => first(&self.names(database, DOUBTED, deadline).await?),
        };
        let (place, entry) = found.ok_or(Error::UnknownTable)?;
        if let Some((read, table)) = self.lock().tables.get(&entry.table)
            && read.elapsed() < BELIEVED
        {
            return Ok((place, Arc::clone(table)));
        }
        let table = match database.dialect() {
            Dialect::Iris => iris::table(database, &entry, deadline).await?,
            Dialect::Sqlite => sqlite::table(database, &entry, deadline).await?,
            Dialect::Postgres => postgres::table(database, &entry, deadline).await?,
        };
        if table.columns.is_empty() {
            return Err(Error::UnknownTable);
        }
        let table = Arc::new(table);
        self.lock().tables.insert(table.name.clone(), (Instant::now(), Arc::clone(&table)));
        Ok((place, table))
    }

    /// Whether the database's user could write.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn user_can_write(&self, database: &Database, deadline: Deadline) -> Result<bool, Error> {
        let rows = database.rows(sql::catalog::can_write(database.dialect()), deadline).await?;
        Ok(rows.into_iter().flatten().flatten().next().as_deref() != Some("0"))
    }

    /// Forgets everything: something was found changed.
    pub fn forget(&self) {
        *self.lock() = Known::default();
    }

    async fn names(
        &self,
        database: &Database,
        age: Duration,
        deadline: Deadline,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        if let Some((read, names)) = &self.lock().names
            && read.elapsed() < age
        {
            return Ok(Arc::clone(names));
        }
        let names = self.list(database, false, deadline).await?;
        self.lock().names = Some((Instant::now(), Arc::clone(&names)));
        Ok(names)
    }

    async fn list(
        &self,
        database: &Database,
        details: bool,
        deadline: Deadline,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        // Only now is it sure which database it is: a secret may have to be read for that.
        database.connect(deadline).await?;
        let mut tables = match database.dialect() {
            Dialect::Iris => iris::tables(database, deadline).await?,
            Dialect::Sqlite => sqlite::tables(database, details, deadline).await?,
            Dialect::Postgres => postgres::tables(database, deadline).await?,
        };
        tables.retain(|entry| self.publishes(&entry.table));
        if details && database.dialect() == Dialect::Iris {
            iris::count_columns(database, &mut tables, deadline).await?;
        }
        Ok(Arc::new(tables))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds `Schema.Table` first, then `Table` in the default schema; where there is none, in the first schema that has
/// it: SQLite's own rule.
fn find<'a>(names: &'a [TableEntry], asked: &str, default_schema: Option<&str>) -> Option<&'a TableEntry> {
    let lower = asked.to_lowercase();
    let in_default =
        |entry: &TableEntry| default_schema.is_none_or(|schema| entry.table.schema.eq_ignore_ascii_case(schema));
    let whole = |entry: &&TableEntry| entry.table.to_string() == asked;
    let whole_lower = |entry: &&TableEntry| entry.table.to_string().to_lowercase() == lower;
    let bare = |entry: &&TableEntry| entry.table.name == asked && in_default(entry);
    let bare_lower = |entry: &&TableEntry| entry.table.name.to_lowercase() == lower && in_default(entry);
    names
        .iter()
        .find(whole)
        .or_else(|| names.iter().find(whole_lower))
        .or_else(|| names.iter().find(bare))
        .or_else(|| names.iter().find(bare_lower))
}
