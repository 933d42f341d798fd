//! `/`: the published tables.

use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::render::{html, json};
use iris_tables::respond::Content;
use iris_tables::view::address::{Address, DOCS, OPENAPI};
use iris_tables::view::envelope::IndexAnswer;
use iris_tables::view::{found, index_page, table_lines};

/// Answers with the list of tables.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let format = ask.format(&[Format::Json, Format::Html])?;
    query::only(&[query::SEARCH], &ask.pairs)?;
    let q = ask.pairs.iter().find(|(name, _)| name == query::SEARCH).map_or("", |(_, value)| value);
    let tables = app.catalog.tables(&app.database, ask.record).await?;
    let rendering = Instant::now();
    let found = found(&tables, q);
    let mut body = Vec::new();
    match format {
        Format::Html => {
            let formats = Address::new("/".to_owned(), &ask.pairs).formats(&[Format::Json]);
            body =
                html::index(&ask.site, &index_page(&found, tables.len(), q, formats))?.into_bytes();
        }
        _ => {
            json::write(
                &mut body,
                &IndexAnswer { title: &app.frame.site.title, tables: table_lines(&found) },
            )?;
            body.push(b'\n');
        }
    }
    ask.record.note(|line| {
        line.rows = Some(found.len());
        line.render_time += rendering.elapsed();
    });
    let mut content = Content::new(format.content_type(), body);
    content.links(&[("service-desc", Some(OPENAPI)), ("service-doc", Some(DOCS))]);
    content.file(false, "tables", format.name());
    Ok(Reply::Content(content))
}
