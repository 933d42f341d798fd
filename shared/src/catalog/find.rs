//! Finding one table without listing all: a first request would wait for that.

use std::time::Instant;

use super::{Catalog, Wanted, find, younger};
use crate::database::Database;
use crate::dialect::Of;
use crate::error::Error;
use crate::record::Record;
use crate::table::{Table, TableEntry, TableName};

impl Catalog {
    /// The first of these names that is a published table, as long as the tables are not listed,
    /// and its index among them. `None` where only the list tells.
    pub(super) async fn found_alone(
        &self,
        database: &Database,
        names: &[&str],
        record: &Record,
    ) -> Result<Option<(usize, TableEntry)>, Error> {
        self.renew(database);
        if younger(&self.lock().names, self.ages.believed).is_some() {
            return Ok(None);
        }
        // A warm request need not ask the database's thread before it has it read rows.
        let schema = database.dialect().default_schema();
        if of_one_schema(names, schema).is_some()
            && let Some(found) = self.first_found(names, schema)
        {
            return Ok(Some(found));
        }
        // Only now is it sure which database it is: a secret may have to be read for that.
        database.connect(record).await?;
        let dialect = database.dialect();
        let Some((schema, tables)) = of_one_schema(names, dialect.default_schema()) else {
            return Ok(None);
        };
        let publishes = |table: &str| {
            self.publishes(&TableName { schema: schema.clone(), name: table.to_owned() })
        };
        let tables: Vec<String> = tables.into_iter().filter(|table| publishes(table)).collect();
        if tables.is_empty() {
            return Ok(None);
        }
        let finding = database.ask(record, move |ask| {
            let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
            dialect.find(ask, &schema, &tables)
        });
        let found = match record.in_catalogue(finding).await {
            Ok(found) => found.unwrap_or_default(),
            // The list tells more.
            Err(Error::Changed { .. } | Error::Failed { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        for (entry, table) in found {
            if self.publishes(&entry.table) && !table.columns.is_empty() {
                self.remember_found(database, entry, table, record).await?;
            }
        }
        Ok(self.first_found(names, dialect.default_schema()))
    }

    async fn remember_found(
        &self,
        database: &Database,
        entry: TableEntry,
        table: Table,
        record: &Record,
    ) -> Result<(), Error> {
        let name = entry.table.clone();
        let of = Of::Table(&name);
        let tables = self.with_referrers(database, of, vec![table], record).await?;
        let mut known = self.lock();
        let now = Instant::now();
        known.found.retain(|(_, found)| found.table != entry.table);
        known.found.push((now, entry));
        for table in tables {
            known.tables.insert(table.name.clone(), (now, self.kept(table)));
        }
        Ok(())
    }

    fn first_found(&self, names: &[&str], schema: Option<&str>) -> Option<(usize, TableEntry)> {
        let mut known = self.lock();
        known.found.retain(|(read, _)| read.elapsed() < self.ages.believed);
        let entries: Vec<TableEntry> = known.found.iter().map(|(_, entry)| entry.clone()).collect();
        let first = |(index, name): (usize, &&str)| {
            Some((index, find(&entries, name, schema).ok()??.clone()))
        };
        names.iter().enumerate().find_map(first)
    }

    /// Tables with their columns, keys and foreign keys; all are of one schema.
    pub(super) async fn describe(
        &self,
        database: &Database,
        wanted: Wanted,
        entries: &[&TableEntry],
        record: &Record,
    ) -> Result<Vec<Table>, Error> {
        let dialect = database.dialect();
        let Some(first) = entries.first().map(|entry| entry.table.clone()) else {
            return Ok(Vec::new());
        };
        let entries: Vec<TableEntry> = entries.iter().map(|entry| (*entry).clone()).collect();
        let name = first.clone();
        let asking = database.ask(record, move |ask| {
            dialect.describe(ask, wanted.of(&name), &entries.iter().collect::<Vec<_>>())
        });
        let tables = record.in_catalogue(asking).await?;
        self.with_referrers(database, wanted.of(&first), tables, record).await
    }
}

impl Wanted {
    /// What is asked for, where this is one of the tables.
    fn of(self, first: &TableName) -> Of<'_> {
        match self {
            Self::One => Of::Table(first),
            Self::Schema => Of::Schema(&first.schema),
        }
    }
}

/// The schema and the tables of names, where all are of one schema.
fn of_one_schema(names: &[&str], default_schema: Option<&str>) -> Option<(String, Vec<String>)> {
    let parts = |name: &&str| match name.split_once('.') {
        Some((schema, table)) => Some((schema.to_owned(), table.to_owned())),
        None => Some((default_schema?.to_owned(), (*name).to_owned())),
    };
    let parts: Vec<(String, String)> = names.iter().map(parts).collect::<Option<_>>()?;
    let (first, _) = parts.first()?;
    let schema = first.clone();
    let is_same = parts.iter().all(|(other, _)| *other == schema);
    is_same.then(|| (schema, parts.into_iter().map(|(_, table)| table).collect()))
}
