//! `/`: the published tables.

use std::time::{Duration, Instant};

use iris_tables::accept::Format;
use iris_tables::app::{Answer, App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::render::{html, json};
use iris_tables::respond::Content;
use iris_tables::view::address::Address;
use iris_tables::view::{found, index_page, table_lines};

/// Answers with the list of tables.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Answer, Error> {
    let format = ask.format(&[Format::Json, Format::Html])?;
    query::only(&[query::SEARCH], &ask.pairs)?;
    let q = ask.pairs.iter().find(|(name, _)| name == query::SEARCH).map_or("", |(_, value)| value);
    let started = Instant::now();
    let tables = app.catalog.tables(&app.database, ask.deadline).await?;
    let database_time = started.elapsed();
    let rendering = Instant::now();
    let found = found(&tables, q);
    let mut body = Vec::new();
    match format {
        Format::Html => {
            let formats = Address::new("/".to_owned(), &ask.pairs).formats(&[Format::Json]);
            body = html::index(&app.site, &index_page(&found, tables.len(), q, formats))?.into_bytes();
        }
        _ => {
            body.extend_from_slice(b"{\"title\":");
            json::write(&mut body, &app.site.title)?;
            json::write_member(&mut body, "tables", &table_lines(&found))?;
            body.extend_from_slice(b"}\n");
        }
    }
    let mut content = Content::new(format.content_type(), body);
    let render_time: Duration = rendering.elapsed();
    content.server_timing(database_time, render_time);
    Ok(Answer { reply: Reply::Content(content), table: None, rows: found.len(), database_time, render_time })
}
