//! The index function: the list of published tables, the pages' own files, health, and every
//! unknown address.

mod docs;
mod health;
mod openapi;
mod tables;

use http::Response;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::assets;
use iris_tables::error::Error;
use iris_tables::record::Record;
use iris_tables::request::Request;
use iris_tables::respond::{Caching, Content};

/// Answers a request to any address but `/table/…`.
pub async fn handle(app: &App, request: &Request) -> Response<Vec<u8>> {
    let record = app.record();
    let route = match request.path.as_str() {
        "/" => "index",
        "/health" => "health",
        "/openapi.json" => "openapi",
        "/docs" => "docs",
        path if path.starts_with(assets::PREFIX) => "static",
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
        "static" => file(&ask),
        _ => Err(Error::UnknownPath),
    }
}

/// One of the pages' own files. Its name changes with its contents, so it may be kept for ever.
fn file(ask: &Ask<'_>) -> Result<Reply, Error> {
    let name = ask.request.path.strip_prefix(assets::PREFIX).unwrap_or_default();
    let asset = assets::find(name).ok_or(Error::UnknownPath)?;
    let mut content = Content::new(asset.content_type, asset.plain);
    content.gzip = Some(asset.gzip);
    content.caching = Caching::Immutable;
    Ok(Reply::Content(content))
}
