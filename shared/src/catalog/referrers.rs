//! Foreign keys that lead to a table. A database may look through all its constraints for them: that
//! costs a part of a request's time at most, and nobody the page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Catalog;
use crate::database::Database;
use crate::dialect::Of;
use crate::error::Error;
use crate::record::{Deadline, Record};
use crate::table::{Table, TableName};

/// How long the driver may take over them; the database is given two thirds of it.
const MOST_TIME: Duration = Duration::from_secs(3);

impl Catalog {
    /// The tables, all of one schema, with the foreign keys that lead to them, and without what is
    /// hidden.
    pub(super) async fn with_referrers(
        &self,
        database: &Database,
        of: Of<'_>,
        mut tables: Vec<Table>,
        record: &Record,
    ) -> Result<Vec<Table>, Error> {
        let time =
            (record.deadline.at.saturating_duration_since(Instant::now()) / 2).min(MOST_TIME);
        let until = |time| Deadline { at: Instant::now() + time, limit: time };
        let (dialect, published, of) = (database.dialect(), self.published.clone(), Owned::of(of));
        let looks =
            move |ask: &mut dyn crate::dialect::Ask| dialect.referrers(ask, of.as_of(), &published);
        let asking = database.ask_until(record, (until(time * 2 / 3), until(time)), looks);
        match record.in_catalogue(asking).await {
            Ok(None) => {}
            Ok(Some(keys)) => {
                for table in &mut tables {
                    table.set_referrers(&keys);
                }
                let mut known = self.lock();
                for table in &tables {
                    known.late.remove(&table.name);
                }
            }
            Err(Error::Timeout { .. }) => {
                let names: Vec<String> =
                    tables.iter().map(|table| table.name.to_string()).collect();
                tracing::warn!("foreign keys to {} were not told in time", names.join(", "));
                let mut known = self.lock();
                for table in &mut tables {
                    table.lacks_referrers = true;
                    let late = known.late.entry(table.name.clone()).or_insert((Instant::now(), 0));
                    *late = (Instant::now(), late.1.saturating_add(1));
                }
            }
            Err(error) => return Err(error),
        }
        tables.iter_mut().for_each(|table| self.hide(table, dialect));
        Ok(tables)
    }

    /// The table; where foreign keys to it were not told in time, they are asked for again after a
    /// while, which doubles each time.
    pub(super) async fn with_late_referrers(
        &self,
        database: &Database,
        table: Arc<Table>,
        record: &Record,
    ) -> Result<Arc<Table>, Error> {
        if !table.lacks_referrers {
            return Ok(table);
        }
        let late = self.lock().late.get(&table.name).copied();
        let rests = late.is_some_and(|(since, times)| {
            let rest = self.ages.doubted * 2_u32.saturating_pow(times.saturating_sub(1));
            since.elapsed() < rest.min(self.ages.believed)
        });
        if rests {
            return Ok(table);
        }
        let mut again = Table::clone(&table);
        again.lacks_referrers = false;
        let name = table.name.clone();
        let tables = self.with_referrers(database, Of::Table(&name), vec![again], record).await?;
        let Some(table) = tables.into_iter().next().map(Arc::new) else { return Ok(table) };
        if let Some((_, known)) = self.lock().tables.get_mut(&name) {
            *known = Ok(Arc::clone(&table));
        }
        Ok(table)
    }
}

/// What is asked for, for another thread.
enum Owned {
    Table(TableName),
    Schema(String),
}

impl Owned {
    fn of(of: Of<'_>) -> Self {
        match of {
            Of::Table(name) => Self::Table(name.clone()),
            Of::Schema(name) => Self::Schema(name.to_owned()),
        }
    }

    fn as_of(&self) -> Of<'_> {
        match self {
            Self::Table(name) => Of::Table(name),
            Self::Schema(name) => Of::Schema(name),
        }
    }
}
