//! `/me`: who the caller is taken for.

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::render::{html, json};
use iris_tables::respond::{Caching, Content};
use iris_tables::view::me_page;

/// Answers with the caller. Nobody may cache it: the next one is somebody else.
pub fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let format = ask.format(&[Format::Json, Format::Html])?;
    query::only(&[], &ask.pairs)?;
    let config = &app.config;
    let page = me_page(&ask.caller, &config.site.rules, &config.published, &config.hidden);
    let mut body = Vec::new();
    match format {
        Format::Html => body = html::me(&ask.site, &page)?.into_bytes(),
        _ => {
            json::write(&mut body, &page)?;
            body.push(b'\n');
        }
    }
    let mut content = Content::new(format.content_type(), body);
    content.caching = Caching::NoStore;
    Ok(Reply::Content(content))
}
