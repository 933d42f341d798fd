//! Tables of which less can be read than the catalogue says.

use std::sync::Arc;
use std::time::Instant;

use super::{Catalog, Unreadable};
use crate::database::Database;
use crate::dialect::Refusal;
use crate::error::Error;
use crate::record::Record;
use crate::table::{Table, TableName};

impl Catalog {
    /// Finds out what is left of a table of which a statement was refused. False where that told
    /// nothing new, or has lately been in vain.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn narrow(
        &self,
        database: &Database,
        table: &TableName,
        refusal: Refusal,
        record: &Record,
    ) -> Result<bool, Error> {
        if self.was_in_vain(table) {
            return Ok(false);
        }
        let Some((_, Ok(table))) = self.lock().tables.get(table).cloned() else { return Ok(false) };
        let narrowed = self.ask_narrowed(database, &table, refusal, record).await?;
        if !narrowed {
            self.forgot_in_vain(&table.name);
        }
        Ok(narrowed)
    }

    /// The same for a table that is known; what is left is remembered.
    pub(super) async fn ask_narrowed(
        &self,
        database: &Database,
        table: &Arc<Table>,
        refusal: Refusal,
        record: &Record,
    ) -> Result<bool, Error> {
        let (dialect, asked) = (database.dialect(), Arc::clone(table));
        let asking = database.ask(record, move |ask| dialect.narrowed(ask, &asked, refusal));
        let Some(left) = record.in_catalogue(asking).await? else { return Ok(false) };
        let mut known = self.lock();
        let name = left.name.clone();
        let (read, left) = if left.columns.is_empty() {
            // Soon asked for again: a grant should help at once.
            (Instant::now(), Err(Unreadable::Denied))
        } else {
            let read = known.tables.get(&name).map_or_else(Instant::now, |(read, _)| *read);
            (read, self.kept(left))
        };
        known.tables.insert(name, (read, left));
        Ok(true)
    }
}
