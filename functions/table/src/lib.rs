//! The table function: a page of rows, one row, and a table's columns.

mod part;
mod row;
mod rows;
mod schema;

use std::sync::Arc;
use std::time::Instant;

use http::Response;
use iris_tables::app::{Answer, App, Ask};
use iris_tables::catalog::Table;
use iris_tables::error::Error;
use iris_tables::request::Request;
use percent_encoding::percent_decode_str;

/// Answers a request to `/table/…`.
pub async fn handle(app: &App, request: &Request) -> Response<Vec<u8>> {
    let started = Instant::now();
    let result = app.run(|| route(app, request)).await;
    app.respond(request, "table", started, result)
}

/// What of a table is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Rows,
    Row,
    Schema,
}

async fn route(app: &App, request: &Request) -> Result<Answer, Error> {
    let ask = app.ask(request)?;
    let name = request.path.strip_prefix("/table/").ok_or(Error::UnknownPath)?;
    let readings = readings(name);
    let names: Vec<&str> = readings.iter().map(|(name, _)| name.as_str()).collect();
    let (place, table) = app.catalog.table(&app.database, &names, ask.deadline).await?;
    let mut answer = view(app, &ask, readings[place].1, Arc::clone(&table)).await?;
    answer.table = Some(table.name.to_string());
    Ok(answer)
}

async fn view(app: &App, ask: &Ask<'_>, view: View, table: Arc<Table>) -> Result<Answer, Error> {
    match view {
        View::Rows => rows::answer(app, ask, table).await,
        View::Row => row::answer(app, ask, table).await,
        View::Schema => schema::answer(app, ask, &table),
    }
}

/// What a path may mean, the likeliest first: a name as it came, then percent-decoded; a table's name may itself end in
/// `/row`. API Gateway's HTTP API decodes paths, other ways in do not.
fn readings(path: &str) -> Vec<(String, View)> {
    let mut readings = Vec::new();
    for (end, view) in [("", View::Rows), ("/row", View::Row), ("/schema", View::Schema)] {
        let Some(name) = path.strip_suffix(end) else { continue };
        readings.push((name.to_owned(), view));
        if let Ok(decoded) = percent_decode_str(name).decode_utf8()
            && decoded != name
        {
            readings.push((decoded.into_owned(), view));
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_came_and_decoded() {
        let read =
            |path: &str| readings(path).into_iter().map(|(name, view)| format!("{name} {view:?}")).collect::<Vec<_>>();
        assert_eq!(read("Bank.Account"), ["Bank.Account Rows"]);
        assert_eq!(read("Bank.A%2Fb"), ["Bank.A%2Fb Rows", "Bank.A/b Rows"]);
        assert_eq!(read("Bank.Account/row"), ["Bank.Account/row Rows", "Bank.Account Row"]);
        assert_eq!(read("x%20y/schema"), ["x%20y/schema Rows", "x y/schema Rows", "x%20y Schema", "x y Schema"]);
    }
}
