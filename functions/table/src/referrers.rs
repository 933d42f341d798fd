//! How many rows refer to a row, where that is asked.

use iris_tables::app::{App, Ask};
use iris_tables::error::Error;
use iris_tables::query::{self, Sizes, pairs};
use iris_tables::sql::select;
use iris_tables::view::Total;
use iris_tables::view::row::RowData;

use crate::{number, own_rows};

/// Foreign keys whose rows are counted at most: each is a query of its own.
const MOST_COUNTED: usize = 20;

/// Counts the rows that each link to referring rows leads to: by the very filters of its address.
///
/// The row itself is there already, so what cannot be counted is not: a table that has gone or
/// cannot be read, a value that is none of the referring column's type, and all that is left when
/// the time is up.
pub async fn count(app: &App, ask: &Ask<'_>, row: &mut RowData) -> Result<(), Error> {
    for index in 0..row.referrers.len().min(MOST_COUNTED) {
        let Some(href) = row.referring(index) else { continue };
        let name = row.referrers[index].from.to_string();
        match total(app, ask, &name, &href).await {
            Ok(total) => row.totals[index] = Some(total),
            Err(Error::Timeout { .. }) => break,
            Err(error @ Error::Unavailable { .. }) => return Err(error),
            // The link will say why.
            Err(_) => {}
        }
    }
    Ok(())
}

/// How many rows an address of a table's rows leads to.
async fn total(app: &App, ask: &Ask<'_>, name: &str, href: &str) -> Result<Total, Error> {
    let dialect = app.database.dialect();
    let (_, table) = app.catalog.table(&app.database, &[name], ask.record).await?;
    if !table.is_countable {
        return Err(Error::UnknownTable);
    }
    let table = own_rows(app, ask, table)?;
    let filters = pairs::parse(href.split_once('?').map_or("", |(_, query)| query))?;
    let query = query::table_query(&filters, &table, dialect, Sizes { default: 1, maximum: 1 })?;
    let value = number(app, ask, select::count(&table, &query, dialect)).await?;
    Ok(Total::counted(value))
}
