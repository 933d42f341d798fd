//! The table function: a page of rows, one row, a table's columns, and its rows in groups.

mod groups;
mod labels;
mod misfit;
mod part;
mod referrers;
mod row;
mod rows;
mod schema;

use std::sync::Arc;

use http::Response;
use iris_tables::app::{App, Ask, Reply, RouteAccess};
use iris_tables::error::Error;
use iris_tables::guard::{self, Guarded};
use iris_tables::record::Record;
use iris_tables::request::Request;
use iris_tables::respond::{Caching, Content};
use iris_tables::statement::Statement;
use iris_tables::table::Table;
use iris_tables::view;
use percent_encoding::percent_decode_str;

/// Answers a request to `/table/…`.
pub async fn handle(app: &App, request: &Request) -> Response<Vec<u8>> {
    let record = app.record();
    let result = app.run(&record, || route(app, request, &record)).await;
    app.respond_audited(request, &record, result).await
}

/// What of a table is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// A page of rows.
    Rows,
    /// One row.
    Row,
    /// The columns.
    Schema,
    /// Its rows in groups.
    Groups,
}

impl View {
    /// All of them, with the ends of their paths.
    pub const ALL: [(&str, Self); 4] = [
        ("", Self::Rows),
        ("/row", Self::Row),
        ("/schema", Self::Schema),
        ("/groups", Self::Groups),
    ];

    /// As the log has it.
    fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Row => "row",
            Self::Schema => "schema",
            Self::Groups => "groups",
        }
    }
}

async fn route(app: &App, request: &Request, record: &Record) -> Result<Reply, Error> {
    let name = request.path.strip_prefix("/table/").ok_or(Error::UnknownPath)?;
    let readings = readings(name);
    // What it most likely is, as long as no table is found: few have a name that ends in `/row`.
    record.note(|line| line.route = readings.last().map_or("unknown", |(_, view)| view.name()));
    let mut ask = app.ask(request, record, RouteAccess::Protected).await?;
    let names: Vec<&str> = readings.iter().map(|(name, _)| name.as_str()).collect();
    let (index, table) = app.catalog.table(&app.database, &names, record).await?;
    let view = readings[index].1;
    record.note(|line| line.route = view.name());
    if view == View::Schema {
        return with_caching(app, &table, schema::answer(app, &ask, &table));
    }
    let own = own_rows(app, &ask, Arc::clone(&table))?;
    if !own.limits().is_empty() {
        ask.site.to_mut().own_rows = view::own_rows(&own);
    }
    let answer = match view {
        View::Row => row::answer(app, &ask, own).await,
        View::Groups => groups::answer(app, &ask, own).await,
        View::Rows | View::Schema => rows::answer(app, &ask, own).await,
    };
    let Err(Error::BadValue) = answer else { return with_caching(app, &table, answer) };
    let own = own_rows(app, &ask, Arc::clone(&table))?;
    let position = match view {
        View::Rows => rows::readable_position(app, &ask, own.clone()),
        View::Groups => groups::readable_position(app, &ask, &own),
        View::Row | View::Schema => None,
    };
    Err(misfit::find(app, &ask, &own, position).await)
}

/// An answer that may be kept as long as the settings say of the table.
fn with_caching(app: &App, table: &Table, answer: Result<Reply, Error>) -> Result<Reply, Error> {
    match answer {
        Ok(Reply::Content(content)) if content.caching == Caching::Default => {
            let caching =
                Caching::OfTable(app.config.site.http.cache_control.of(&table.name).clone());
            Ok(Reply::Content(Content { caching, ..content }))
        }
        answer => answer,
    }
}

/// A table with the rows of it that the caller may see.
fn own_rows(app: &App, ask: &Ask<'_>, table: Arc<Table>) -> Result<Guarded, Error> {
    guard::guarded(table, &app.config.site.rules, &ask.caller, app.database.dialect())
}

/// Whether it is written down who sees the table's rows.
fn is_audited(app: &App, table: &Table) -> bool {
    app.audit.as_ref().is_some_and(|audit| audit.is_of(&table.name))
}

/// What a statement counts.
async fn number(app: &App, ask: &Ask<'_>, statement: Statement) -> Result<u64, Error> {
    let rows = app.database.rows(statement, ask.record).await?;
    let number = rows.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Error::internal("a count returned no number"))
}

/// What a path may mean, the likeliest first: a name as it came, then percent-decoded; a table's
/// name may itself end in `/row`. API Gateway's HTTP API decodes paths, other ways in do not.
fn readings(path: &str) -> Vec<(String, View)> {
    let mut readings = Vec::new();
    for (end, view) in View::ALL {
        let Some(name) = path.strip_suffix(end) else { continue };
        readings.push((name.to_owned(), view));
        if let Ok(decoded) = percent_decode_str(name).decode_utf8()
            && decoded != name
        {
            readings.push((decoded.to_string(), view));
            // Our own addresses have a `?` encoded twice; not every way to a function decodes one
            // of them.
            if decoded.contains("%3F") {
                readings.push((decoded.replace("%3F", "?"), view));
            }
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_came_and_decoded() {
        let read = |path: &str| {
            readings(path)
                .into_iter()
                .map(|(name, view)| format!("{name} {view:?}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("Bank.Account"), ["Bank.Account Rows"]);
        assert_eq!(read("Bank.A%2Fb"), ["Bank.A%2Fb Rows", "Bank.A/b Rows"]);
        assert_eq!(read("Bank.Account/row"), ["Bank.Account/row Rows", "Bank.Account Row"]);
        assert_eq!(read("Q%253F"), ["Q%253F Rows", "Q%3F Rows", "Q? Rows"]);
        assert_eq!(
            read("x%20y/schema"),
            ["x%20y/schema Rows", "x y/schema Rows", "x%20y Schema", "x y Schema"]
        );
    }
}
