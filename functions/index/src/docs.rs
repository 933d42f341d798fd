//! `/docs`: the API, described for people: the site's part, or with `_table` one table's.

use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::config::Patterns;
use iris_tables::error::Error;
use iris_tables::openapi as description;
use iris_tables::query;
use iris_tables::render::html;
use iris_tables::respond::Content;
use iris_tables::view::address::OPENAPI;
use iris_tables::view::{Link, table_head};

use crate::openapi::{about, selection, tables};

/// Answers with a page.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let format = ask.format(&[Format::Html])?;
    let pairs: Vec<_> = ask.pairs.iter().filter(|(name, _)| name != query::FORMAT).cloned().collect();
    let selection = selection(&pairs)?;
    let selected = match selection {
        Some(_) => tables(app, ask, selection).await?,
        None => Vec::new(),
    };
    let head = match selected.as_slice() {
        [] => None,
        [table] => Some(table_head(table)),
        _ => return Err(Error::parameter(query::TABLES, "Here it names one table.")),
    };
    let of_table = |base: &str, name: &str| query::pairs::address(base, [(query::TABLES, name)]);
    let list = if head.is_none() { Some(app.catalog.tables(&app.database, ask.record).await?) } else { None };
    let rendering = Instant::now();
    let links = list.iter().flat_map(|list| list.iter()).map(|entry| Link {
        label: entry.table.to_string(),
        href: of_table(&ask.request.path, &Patterns::naming(&entry.table)),
    });
    let document = description::whole(&about(app, selection), &selected);
    let openapi = selection.map_or_else(|| OPENAPI.to_owned(), |selection| of_table(OPENAPI, selection));
    let page = description::page(&document, head, links.collect(), openapi);
    let body = html::docs(&app.site, &page)?.into_bytes();
    ask.record.note(|line| line.render_time += rendering.elapsed());
    let mut content = Content::new(format.content_type(), body);
    content.links(&[("service-desc", Some(OPENAPI))]);
    Ok(Reply::Content(content))
}
