//! The published tables: what the database has, as far as the settings publish it.
//!
//! Kept for a while, so that a warm request asks nothing of the catalogue.

mod check;
mod find;
mod hide;
mod known;
mod narrow;
mod referrers;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use known::{Known, Unreadable, same_tables, younger};

use crate::config::{ColumnPatterns, Config, Patterns, RowRules};
use crate::database::Database;
use crate::error::Error;
use crate::record::Record;
use crate::table::{Table, TableEntry, TableName};

/// How old what the catalogue said may be.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// It is believed as long as this. A change shows after that at the latest; a table or column
    /// that is found gone is looked up again at once.
    pub believed: Duration,
    /// What a request finds missing is looked for again if the catalogue was read longer ago than
    /// this: what was just made is found soon, and wrong names do not make the database list
    /// its tables at every request. A table that could not be read is not asked for again
    /// before.
    pub doubted: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        Self { believed: BELIEVED, doubted: DOUBTED }
    }
}

/// [`Ages::believed`].
const BELIEVED: Duration = Duration::from_secs(300);

/// [`Ages::doubted`].
const DOUBTED: Duration = Duration::from_secs(10);

/// Tables that an error lists where several schemas have one of the name asked for.
const MOST_LISTED: usize = 10;

/// So many tables of a schema are each described by itself: to describe all of them would take
/// longer.
const FEW: usize = 3;

/// The published tables of one database.
#[derive(Debug)]
pub struct Catalog {
    published: Patterns,
    hidden: ColumnPatterns,
    rules: RowRules,
    ages: Ages,
    known: Mutex<Known>,
}

impl Catalog {
    /// A catalogue that publishes what the settings name.
    pub fn new(config: &Config, ages: Ages) -> Self {
        let (published, hidden) = (config.published.clone(), config.hidden.clone());
        let rules = config.site.rules.clone();
        Self { published, hidden, rules, ages, known: Mutex::default() }
    }

    /// Whether a table is published, should it exist.
    pub fn publishes(&self, table: &TableName) -> bool {
        self.published.matches(&table.schema, &table.name)
    }

    /// The published tables with column counts and descriptions, by schema and name.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn tables(
        &self,
        database: &Database,
        record: &Record,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        self.renew(database);
        if let Some(tables) = younger(&self.lock().details, self.ages.believed) {
            return Ok(tables);
        }
        let listed = self.list(database, true, record).await?;
        let tables = self.with_seen_columns(database, Arc::clone(&listed), record).await?;
        let mut known = self.lock();
        // Whoever follows a link of the list must find the table.
        known.names = Some((Instant::now(), listed));
        known.details = Some((Instant::now(), Arc::clone(&tables)));
        Ok(tables)
    }

    /// The first of these names that is a published table, and its index among them:
    /// `Schema.Table`, or `Table` in a default schema; in any case of its letters, though the
    /// exact spelling wins. Unknown and unpublished tables are the same. The record learns the
    /// table's name.
    ///
    /// # Errors
    /// [`Error::UnknownTable`], [`Error::AmbiguousTable`], [`Error::Changed`] or
    /// [`Error::Unreadable`] for a table that the database does not describe, or as
    /// [`Database::read`].
    pub async fn table(
        &self,
        database: &Database,
        names: &[&str],
        record: &Record,
    ) -> Result<(usize, Arc<Table>), Error> {
        let first = |entries: &[TableEntry]| {
            let schema = database.dialect().default_schema();
            for (index, name) in names.iter().enumerate() {
                if let Some(found) = find(entries, name, schema)? {
                    return Ok(Some((index, found.clone())));
                }
            }
            Ok::<_, Error>(None)
        };
        let found = match self.found_alone(database, names, record).await? {
            Some(found) => Some(found),
            None => match first(&self.names(database, self.ages.believed, record).await?)? {
                Some(found) => Some(found),
                None => first(&self.names(database, self.ages.doubted, record).await?)?,
            },
        };
        let (index, entry) = found.ok_or(Error::UnknownTable)?;
        record.note(|line| line.table = Some(entry.table.clone()));
        let described = self.described(database, &entry, record).await;
        if matches!(described, Err(Error::UnknownTable)) {
            record.note(|line| line.table = None);
        }
        Ok((index, described?))
    }

    async fn described(
        &self,
        database: &Database,
        entry: &TableEntry,
        record: &Record,
    ) -> Result<Arc<Table>, Error> {
        let known = self.lock().tables.get(&entry.table).cloned();
        match known {
            Some((read, Ok(table))) if read.elapsed() < self.ages.believed => {
                return self.with_late_referrers(database, table, record).await;
            }
            Some((read, Err(why))) if read.elapsed() < self.ages.doubted => return Err(why.into()),
            _ => {}
        }
        let described = match self.describe(database, Wanted::One, &[entry], record).await {
            Ok(tables) => match tables.into_iter().find(is_there) {
                Some(table) => self.kept(table),
                // It was there when the tables were listed.
                None => {
                    let mut known = self.lock();
                    known.found.retain(|(_, found)| found.table != entry.table);
                    known.doubt_names(self.ages.doubted);
                    return Err(Error::UnknownTable);
                }
            },
            Err(Error::Changed { log }) => Err(Unreadable::Changed(log)),
            Err(error) => match error.reason_of_table() {
                Some(reason) => {
                    let log = error.log().unwrap_or_default().to_owned();
                    Err(Unreadable::Undescribed(reason, log))
                }
                None => return Err(error),
            },
        };
        self.lock().tables.insert(entry.table.clone(), (Instant::now(), described.clone()));
        described.map_err(Error::from)
    }

    /// The published tables that are wanted, with columns and keys, by schema and name. Those that
    /// cannot be read are left out.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn described_tables(
        &self,
        database: &Database,
        wanted: impl Fn(&TableName) -> bool,
        record: &Record,
    ) -> Result<Vec<Arc<Table>>, Error> {
        let mut names = self.names(database, self.ages.believed, record).await?;
        if !names.iter().any(|entry| wanted(&entry.table)) {
            // It may have been made since.
            names = self.names(database, self.ages.doubted, record).await?;
        }
        let wanted: Vec<&TableEntry> = names.iter().filter(|entry| wanted(&entry.table)).collect();
        for of_schema in wanted.chunk_by(|one, next| one.table.schema == next.table.schema) {
            self.learn(database, of_schema, record).await?;
        }
        let mut tables = Vec::with_capacity(wanted.len());
        for entry in wanted {
            match self.described(database, entry, record).await {
                Ok(table) => tables.push(table),
                Err(error)
                    if error.reason_of_table().is_some()
                        || matches!(error, Error::UnknownTable) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tables)
    }

    /// Reads what is not known of a schema's tables, by statements for all of them where they are
    /// many.
    async fn learn(
        &self,
        database: &Database,
        entries: &[&TableEntry],
        record: &Record,
    ) -> Result<(), Error> {
        let is_known = |entry: &TableEntry| {
            self.lock()
                .tables
                .get(&entry.table)
                .is_some_and(|(read, _)| read.elapsed() < self.ages.believed)
        };
        let unknown: Vec<&TableEntry> =
            entries.iter().copied().filter(|entry| !is_known(entry)).collect();
        if unknown.len() <= FEW {
            return Ok(());
        }
        match self.describe(database, Wanted::Schema, &unknown, record).await {
            Ok(tables) => {
                let mut known = self.lock();
                for table in tables.into_iter().filter(is_there) {
                    known.tables.insert(table.name.clone(), (Instant::now(), self.kept(table)));
                }
                Ok(())
            }
            // One of them cannot be described: each by itself tells which.
            Err(error) if error.reason_of_table().is_some() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets one table that could not be read as it is known. False where to look it up again
    /// would not help, or has lately been in vain.
    pub fn forget(&self, table: &TableName) -> bool {
        if self.was_in_vain(table) {
            return false;
        }
        let mut known = self.lock();
        let list_is_old = known.doubt_names(self.ages.doubted);
        let was_described = matches!(known.tables.get(table), Some((_, Ok(_))));
        let helps = list_is_old || was_described;
        if helps {
            known.tables.remove(table);
            known.found.retain(|(_, found)| found.table != *table);
        }
        helps
    }

    fn was_in_vain(&self, table: &TableName) -> bool {
        let in_vain = self.lock().in_vain.get(table).copied();
        in_vain.is_some_and(|tried| tried.elapsed() < self.ages.doubted)
    }

    /// To forget this table and to look it up again did not help: it will not be tried again soon.
    pub fn forgot_in_vain(&self, table: &TableName) {
        self.lock().in_vain.insert(table.clone(), Instant::now());
    }

    /// Forgets one table in which something was not found, if it was read long enough ago. False if
    /// not.
    pub fn doubt(&self, table: &TableName) -> bool {
        let mut known = self.lock();
        let is_old =
            known.tables.get(table).is_some_and(|(read, _)| read.elapsed() >= self.ages.doubted);
        if is_old {
            known.tables.remove(table);
        }
        is_old
    }

    /// Forgets all where what was read from is another by now, such as a folder with another file.
    fn renew(&self, database: &Database) {
        let mut known = self.lock();
        let generation = database.generation();
        // 0 is that of a connection that is still to be opened.
        if known.generation != 0 && known.generation != generation {
            *known = Known::default();
        }
        known.generation = generation;
    }

    async fn names(
        &self,
        database: &Database,
        age: Duration,
        record: &Record,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        self.renew(database);
        if let Some(names) = younger(&self.lock().names, age) {
            return Ok(names);
        }
        let names = self.list(database, false, record).await?;
        let mut known = self.lock();
        // The list with details must not lack a table that is served, nor have one that is not.
        if !known.names.as_ref().is_some_and(|(_, listed)| same_tables(listed, &names)) {
            known.details = None;
        }
        known.names = Some((Instant::now(), Arc::clone(&names)));
        Ok(names)
    }

    async fn list(
        &self,
        database: &Database,
        details: bool,
        record: &Record,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        // Only now is it sure which database it is: a secret may have to be read for that.
        database.connect(record).await?;
        let (dialect, published) = (database.dialect(), self.published.clone());
        let listing = database.ask(record, move |ask| dialect.tables(ask, &published, details));
        Ok(Arc::new(record.in_catalogue(listing).await?))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The database describes it. What has no columns is gone, unless all of them are hidden.
fn is_there(table: &Table) -> bool {
    !table.columns.is_empty() || table.closed.is_some()
}

/// How much of a schema is read at once.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    One,
    Schema,
}

/// Finds `Schema.Table` first, then `Table` in the default schema; where there is none, in the only
/// schema that has it.
///
/// # Errors
/// [`Error::AmbiguousTable`] where several have it.
fn find<'a>(
    names: &'a [TableEntry],
    asked: &str,
    default_schema: Option<&str>,
) -> Result<Option<&'a TableEntry>, Error> {
    let lower = asked.to_lowercase();
    let in_default = |entry: &TableEntry| {
        default_schema.is_none_or(|schema| entry.table.schema.eq_ignore_ascii_case(schema))
    };
    let whole = |entry: &&TableEntry| entry.table.to_string() == asked;
    let whole_lower = |entry: &&TableEntry| entry.table.to_string().to_lowercase() == lower;
    if let Some(found) = names.iter().find(whole).or_else(|| names.iter().find(whole_lower)) {
        return Ok(Some(found));
    }
    let bare = |entry: &&TableEntry| entry.table.name == asked && in_default(entry);
    let bare_lower =
        |entry: &&TableEntry| entry.table.name.to_lowercase() == lower && in_default(entry);
    match only(names.iter().filter(bare))? {
        Some(found) => Ok(Some(found)),
        None => only(names.iter().filter(bare_lower)),
    }
}

/// The only one of these.
fn only<'a>(
    mut found: impl Iterator<Item = &'a TableEntry>,
) -> Result<Option<&'a TableEntry>, Error> {
    let first = found.next();
    let others: Vec<&TableEntry> = found.take(MOST_LISTED - 1).collect();
    if others.is_empty() {
        return Ok(first);
    }
    let tables = first.into_iter().chain(others).map(|entry| entry.table.clone()).collect();
    Err(Error::AmbiguousTable { tables })
}
