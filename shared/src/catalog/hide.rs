//! Columns that the settings hide, and tables that they close: taken away before anything else sees
//! them.

use std::sync::Arc;

use super::{Catalog, Unreadable};
use crate::database::Database;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::guard;
use crate::record::Record;
use crate::table::{ForeignKey, Table, TableEntry, TableName, distinctly_titled, title};

impl Catalog {
    /// Takes from a table what is hidden of it, and foreign keys of which either end is.
    pub(super) fn hide(&self, table: &mut Table, dialect: &dyn Dialect) {
        let hides = |table: &TableName, column: &String| self.hidden.matches(table, column);
        let is_seen = |key: &ForeignKey| {
            !key.columns.iter().any(|column| hides(&key.from, column))
                && !key.to_columns.iter().any(|column| hides(&key.to, column))
        };
        table.references.retain(is_seen);
        table.referrers.retain(is_seen);
        let is_hidden: Vec<bool> =
            table.columns.iter().map(|column| hides(&table.name, &column.name)).collect();
        if !is_hidden.contains(&true) {
            return;
        }
        let hidden = || table.columns.iter().zip(&is_hidden).filter(|(_, hidden)| **hidden);
        let names: Vec<String> = hidden().map(|(column, _)| column.name.clone()).collect();
        // Else each row's address would show what is hidden.
        let is_told = hidden().any(|(column, _)| dialect.row_id_tells(table, column));
        if !is_hidden.contains(&false) {
            table.closed = Some("HIDDEN_COLUMNS hides all its columns.".to_owned());
        }
        if is_told {
            table.row_id = None;
        }
        table.retain(|column| !names.contains(&column.name));
        for column in &mut table.columns {
            column.title = title(&column.name);
        }
        table.columns = distinctly_titled(std::mem::take(&mut table.columns));
        table.hidden = names;
    }

    /// A table as it is remembered: not as one to read, where the settings close it.
    pub(super) fn kept(&self, mut table: Table) -> Result<Arc<Table>, Unreadable> {
        let reason = table.closed.take().or_else(|| guard::closing(&table, &self.rules));
        let Some(reason) = reason else { return Ok(Arc::new(table)) };
        tracing::warn!("nobody may read {}: {reason}", table.name);
        Err(Unreadable::Closed { reason, hidden: table.hidden })
    }

    /// What can be seen of a table depends on its columns.
    fn concerns(&self, table: &TableName) -> bool {
        self.hidden.reaches(table) || self.rules.of(table).next().is_some()
    }

    /// A list of tables as anybody may see it: the database counts columns that are hidden, too.
    pub(super) async fn with_seen_columns(
        &self,
        database: &Database,
        listed: Arc<Vec<TableEntry>>,
        record: &Record,
    ) -> Result<Arc<Vec<TableEntry>>, Error> {
        let concerned: Vec<&TableEntry> =
            listed.iter().filter(|entry| self.concerns(&entry.table)).collect();
        if concerned.is_empty() {
            return Ok(listed);
        }
        for of_schema in concerned.chunk_by(|one, next| one.table.schema == next.table.schema) {
            self.learn(database, of_schema, record).await?;
        }
        let mut seen = Vec::with_capacity(listed.len());
        for mut entry in listed.iter().cloned() {
            if self.concerns(&entry.table) {
                match self.described(database, &entry, record).await {
                    Ok(table) => entry.columns = Some(table.columns.len()),
                    Err(Error::UnknownTable) => continue,
                    Err(error) if error.reason_of_table().is_some() => entry.columns = None,
                    Err(error) => return Err(error),
                }
            }
            seen.push(entry);
        }
        Ok(Arc::new(seen))
    }
}
