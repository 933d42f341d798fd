//! The index function: the list of published tables, the API's description, health, and every
//! unknown address.

mod docs;
mod health;
mod openapi;
mod tables;

use http::Response;
use iris_tables::app::{App, Reply};
use iris_tables::error::Error;
use iris_tables::record::Record;
use iris_tables::request::Request;

/// Answers a request to any address but those of the other functions.
pub async fn handle(app: &App, request: &Request) -> Response<Vec<u8>> {
    let record = app.record();
    let route = match request.path.as_str() {
        "/" => "index",
        "/health" => "health",
        "/openapi.json" => "openapi",
        "/docs" => "docs",
        _ => "unknown",
    };
    record.note(|line| line.route = route);
    let result = app.run(&record, || answer(app, request, &record, route)).await;
    app.respond(request, &record, result)
}

async fn answer(
    app: &App,
    request: &Request,
    record: &Record,
    route: &str,
) -> Result<Reply, Error> {
    let ask = app.ask(request, record)?;
    match route {
        "index" => tables::answer(app, &ask).await,
        "health" => health::answer(app, &ask).await,
        "openapi" => openapi::answer(app, &ask).await,
        "docs" => docs::answer(app, &ask).await,
        _ => Err(Error::UnknownPath),
    }
}
