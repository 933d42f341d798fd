//! What deep health asks: whether the published tables can be read, and whether the user could write
//! to them.

use std::sync::Arc;

use super::{Catalog, Unreadable};
use crate::config::RowRule;
use crate::database::Database;
use crate::dialect::{MayWrite, Refusal};
use crate::error::Error;
use crate::record::Record;
use crate::table::{Table, TableName};

/// What a check of the published tables found.
#[derive(Debug)]
pub struct Checked {
    /// Those that can be read, as far as they can.
    pub tables: Vec<Arc<Table>>,
    /// Patterns that find no table that could be read; tables that are published by their full
    /// names are patterns, too.
    pub missing: Vec<String>,
    /// What else cannot be read, a sentence each.
    pub unreadable: Vec<String>,
    /// Patterns of `HIDDEN_COLUMNS` that find no column in what could be read.
    pub hide_nothing: Vec<String>,
    /// Rules of `ROW_RULES` that match no table: of a mistyped one, all rows are seen.
    pub limit_nothing: Vec<String>,
    /// All tables that are there.
    pub names: Vec<TableName>,
}

impl Catalog {
    /// Reads what the catalogue says of all published tables, and asks whether they may be read.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn check(&self, database: &Database, record: &Record) -> Result<Checked, Error> {
        for table in self.described_tables(database, |_| true, record).await? {
            if table.denied.is_empty() {
                self.ask_narrowed(database, &table, Refusal::Privilege, record).await?;
            }
        }
        let names = self.names(database, self.ages.believed, record).await?;
        let (mut tables, mut unreadable, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_there = Vec::<&TableName>::new();
        for entry in names.iter() {
            let known = self.lock().tables.get(&entry.table).map(|(_, known)| known.clone());
            let error = known.clone().and_then(Result::err).map(Error::from);
            let reason = error.as_ref().and_then(Error::reason_of_table);
            if let Some(reason) = entry.unreadable.as_deref().or(reason) {
                unreadable.push(format!("{}: {reason}", entry.table));
            }
            match known {
                Some(Ok(table)) => {
                    if !table.denied.is_empty() {
                        let count = table.denied.len();
                        let words = if count == 1 { "1 column" } else { "some columns" };
                        unreadable.push(format!("Of {}, {words} may not be read.", table.name));
                    }
                    hidden.push((&entry.table, table.hidden.clone()));
                    tables.push(table);
                    is_there.push(&entry.table);
                }
                Some(Err(Unreadable::Changed(_) | Unreadable::Undescribed(..))) => {
                    is_there.push(&entry.table);
                }
                Some(Err(Unreadable::Closed { reason, hidden: names })) => {
                    unreadable.push(format!("{}: {reason}", entry.table));
                    hidden.push((&entry.table, names));
                    is_there.push(&entry.table);
                }
                Some(Err(Unreadable::Denied)) | None => {}
            }
        }
        let missing = self.published.without(&is_there);
        let hidden: Vec<_> = hidden.iter().map(|(name, names)| (*name, names.as_slice())).collect();
        let hide_nothing = self.hidden.without(&hidden);
        for pattern in &hide_nothing {
            tracing::warn!("HIDDEN_COLUMNS: {pattern} hides nothing");
        }
        let names: Vec<TableName> = is_there.into_iter().cloned().collect();
        let is_idle = |rule: &&RowRule| !names.iter().any(|name| rule.column.is_of(name));
        let limit_nothing: Vec<String> =
            self.rules.iter().filter(is_idle).map(|rule| rule.column.written()).collect();
        for rule in &limit_nothing {
            tracing::warn!("ROW_RULES: {rule} matches no table");
        }
        Ok(Checked { tables, missing, unreadable, hide_nothing, limit_nothing, names })
    }

    /// Whether the database's user could write to these tables.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn may_write(
        &self,
        database: &Database,
        tables: &[Arc<Table>],
        record: &Record,
    ) -> Result<MayWrite, Error> {
        let tables: Vec<Table> = tables.iter().map(|table| Table::clone(table)).collect();
        let dialect = database.dialect();
        let asking = database.ask(record, move |ask| dialect.may_write(ask, &tables));
        record.in_catalogue(asking).await
    }
}
