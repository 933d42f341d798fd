//! The rows that refer to a row: how many they are, and on a page the first of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use iris_tables::app::{App, Ask};
use iris_tables::error::Error;
use iris_tables::guard::Guarded;
use iris_tables::query::{self, Sizes, TableQuery, pairs};
use iris_tables::record::{Deadline, Other};
use iris_tables::sql::plan;
use iris_tables::sql::select::{self, Shows};
use iris_tables::statement::Statement;
use iris_tables::view::Total;
use iris_tables::view::layout::PageLayout;
use iris_tables::view::referrer::{SHOWN_ROWS, ShownColumns};
use iris_tables::view::row::RowData;
use iris_tables::view::rows::PageRows;

use crate::labels::label_column;
use crate::{is_audited, number, own_rows};

/// Foreign keys whose rows are counted at most: each is a query of its own.
const MOST_COUNTED: usize = 20;

/// Foreign keys whose first rows a page shows at most: each is a query of its own, and one more to
/// count them where there are others.
const MOST_SHOWN: usize = 10;

/// How long a page may wait for all of them: a database has this long for each statement, and the
/// next one is not asked for after that.
const QUICK: Duration = Duration::from_secs(1);

/// How long a driver may take to come back from a statement of these.
const GIVEN_UP: Duration = Duration::from_secs(3);

/// Counts the rows that each link to referring rows leads to: by the very filters of its address.
///
/// The row itself is there already, so what cannot be counted is not: a table that has gone or
/// cannot be read, a value that is none of the referring column's type, and all that is left when
/// the time is up.
pub async fn count(app: &App, ask: &Ask<'_>, row: &mut RowData) -> Result<(), Error> {
    for index in 0..row.referrers.len().min(MOST_COUNTED) {
        if row.totals[index].is_some() {
            continue;
        }
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

/// Reads the first rows that each link leads to, and how many they are, as far as that is quick.
pub async fn show(app: &App, ask: &Ask<'_>, row: &mut RowData) {
    let until = Instant::now() + QUICK;
    for index in 0..row.referrers.len().min(MOST_SHOWN) {
        if Instant::now() >= until {
            break;
        }
        let Some(href) = row.referring(index) else { continue };
        // What is not read is a link, which will say why.
        if let Err(Error::Timeout { .. }) = first(app, ask, row, (index, &href)).await {
            break;
        }
    }
}

async fn first(
    app: &App,
    ask: &Ask<'_>,
    row: &mut RowData,
    (index, href): (usize, &str),
) -> Result<(), Error> {
    let key = &row.referrers[index];
    let (table, mut query) = referring(app, ask, &key.from.to_string(), href).await?;
    let shown = ShownColumns::of(&table, label_column(app, &table), &key.columns);
    query.columns = Some(shown.all());
    let dialect = app.database.dialect();
    let plan = plan::page(&table, &query, SHOWN_ROWS, Shows::Links, dialect)?;
    let mut layout =
        PageLayout::new(Arc::clone(table.table()), dialect, &plan, Vec::new(), |_| false);
    layout.is_audited = is_audited(app, &table);
    let layout = Arc::new(layout);
    let of_sink = Arc::clone(&layout);
    let sink = move || PageRows::new(Arc::clone(&of_sink));
    let read = app.database.read_until(plan.statement, ask.record, deadlines(ask), sink).await?;
    if layout.is_audited {
        let columns = layout.columns().map(|column| column.name.clone()).collect();
        let (key, keys) = (layout.key_names(), read.end.keys.clone());
        let (table, rows) = (table.name.clone(), read.end.rows as u64);
        let other = Other { table, action: "rows", columns, key, keys, rows };
        ask.record.show(|seen| seen.others.push(other));
    }
    row.first[index] = read.rows.iter().map(|row| shown.row(&table, row)).collect();
    row.totals[index] = if !read.end.more {
        Some(Total::counted(read.end.rows as u64))
    } else if table.is_countable {
        let value = quick_number(app, ask, select::count(&table, &query, dialect)).await?;
        ask.record.show(|seen| seen.others.push(Other::counted(&table.name, value)));
        Some(Total::counted(value))
    } else {
        None
    };
    Ok(())
}

/// What a statement counts, as far as that is quick.
async fn quick_number(app: &App, ask: &Ask<'_>, statement: Statement) -> Result<u64, Error> {
    let counting = move |ask: &mut dyn iris_tables::dialect::Ask| ask.rows(&statement);
    let rows = app.database.ask_until(ask.record, deadlines(ask), counting).await?;
    let number = rows.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Error::internal("a count returned no number"))
}

/// Until when the database has time, and its driver.
fn deadlines(ask: &Ask<'_>) -> (Deadline, Deadline) {
    let until = |limit: Duration| Deadline {
        at: (Instant::now() + limit).min(ask.record.deadline.at),
        limit,
    };
    (until(QUICK), until(GIVEN_UP))
}

/// How many rows an address of a table's rows leads to.
async fn total(app: &App, ask: &Ask<'_>, name: &str, href: &str) -> Result<Total, Error> {
    let (table, query) = referring(app, ask, name, href).await?;
    if !table.is_countable {
        return Err(Error::UnknownTable);
    }
    let value = number(app, ask, select::count(&table, &query, app.database.dialect())).await?;
    ask.record.show(|seen| seen.others.push(Other::counted(&table.name, value)));
    Ok(Total::counted(value))
}

/// What an address of a table's rows asks for.
async fn referring(
    app: &App,
    ask: &Ask<'_>,
    name: &str,
    href: &str,
) -> Result<(Guarded, TableQuery), Error> {
    let dialect = app.database.dialect();
    let (_, table) = app.catalog.table(&app.database, &[name], ask.record).await?;
    let table = own_rows(app, ask, table)?;
    let filters = pairs::parse(href.split_once('?').map_or("", |(_, query)| query))?;
    let sizes = Sizes { default: SHOWN_ROWS, maximum: SHOWN_ROWS };
    let query = query::table_query(&filters, &table, dialect, sizes)?;
    Ok((table, query))
}
